package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// maxFileSize bounds max-file-size, so that a slip of a unit cannot make one
// file fill the memory.
const maxFileSize = 1 << 30

func putText(field *string, text string) error {
	if strings.ContainsRune(text, 0) {
		return fmt.Errorf("%q holds a NUL character", text)
	}
	*field = text
	return nil
}

// putFolder makes the path absolute at once: the daemon shows it to clients
// whose working directory is another.
func putFolder(field *string, text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	path, err := filepath.Abs(text)
	if err != nil {
		return fmt.Errorf("%q cannot be made absolute: %w", text, err)
	}
	return putText(field, path)
}

// putPlace is putFolder for what has a default of the caller's.
func putPlace(field *string, text string) error {
	if text == "" {
		*field = ""
		return nil
	}
	return putFolder(field, text)
}

func isSettle(d time.Duration) bool    { return d >= time.Millisecond && d <= time.Minute }
func isPoll(d time.Duration) bool      { return d >= 10*time.Millisecond }
func isResync(d time.Duration) bool    { return d == 0 || d >= time.Second }
func notNegative(d time.Duration) bool { return d >= 0 }

func putDuration(field *time.Duration, text string, allowed func(time.Duration) bool) error {
	d, err := parseDuration(text)
	if err != nil {
		return err
	}
	if !allowed(d) {
		return fmt.Errorf("%q is out of range", text)
	}
	*field = d
	return nil
}

// parseDuration reads a time as package time writes it. A bare number is
// refused: some programs take it for seconds, others for milliseconds.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil {
		return d, nil
	}
	if strings.Trim(text, "0123456789.") == "" && text != "" {
		return 0, fmt.Errorf("%q has no unit (%sms, or %ss?)", text, text, text)
	}
	return 0, fmt.Errorf("%q is not a time (units are ms, s, m, h)", text)
}

// maxCount is the largest number of things that can be meant.
const maxCount = 1_000_000_000

func putCount(field *int, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	if n < 0 || n > maxCount {
		return fmt.Errorf("%q is out of range", text)
	}
	*field = n
	return nil
}

func putSize(field *int64, text string) error {
	n, err := parseSize(text)
	if err != nil {
		return err
	}
	if n < 1 || n > maxFileSize {
		return fmt.Errorf("%q is out of range", text)
	}
	*field = n
	return nil
}

// maxSpace is the most space that can be asked to be kept free, in bytes.
const maxSpace = 1 << 40

func putSpace(field *int64, text string) error {
	n, err := parseSize(text)
	if err != nil {
		return err
	}
	if n > maxSpace {
		return fmt.Errorf("%q is out of range", text)
	}
	*field = n
	return nil
}

// parseSize reads a number of bytes: 1048576, 512KiB, 1MiB, 1MB. A comma is
// refused, since it divides thousands for some people and decimals for others.
func parseSize(text string) (int64, error) {
	n, err := humanize.ParseBytes(text)
	if err != nil || strings.Contains(text, ",") {
		return 0, fmt.Errorf("%q is not a size (units are B, KiB, MiB, kB, MB)", text)
	}
	return int64(min(n, 1<<62)), nil
}

// putMode reads permissions as chmod does, in octal with or without a leading
// 0 or 0o.
func putMode(field *fs.FileMode, text string) error {
	digits := strings.TrimPrefix(text, "0o")
	mode, err := strconv.ParseUint(digits, 8, 32)
	if err != nil {
		return fmt.Errorf("%q is not an octal number", text)
	}
	if mode&0o600 != 0o600 || mode > 0o777 {
		return fmt.Errorf("%q is out of range", text)
	}
	*field = fs.FileMode(mode)
	return nil
}
