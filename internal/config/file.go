package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxConfigFile is how many bytes of a settings file are read; an endless
// device must not fill the memory.
const maxConfigFile = 1 << 20

const allowedFile = "a readable YAML file of keys and values, such as settle: 250ms"

// placeDefault is the place of what nobody gave.
const placeDefault = "default"

// chooseFile returns the settings file to read, and where it was named. The
// path is empty where there is none to read.
func (l *Loader) chooseFile(flags, env map[string]value) value {
	for _, from := range []map[string]value{flags, env} {
		if v, ok := from[KeyConfig]; ok {
			return v
		}
	}
	if _, err := os.Stat(l.defaultFile); errors.Is(err, fs.ErrNotExist) {
		return value{}
	}
	return value{text: l.defaultFile, place: placeDefault}
}

// fromFile returns what a settings file gives. Nobody chose the default one, so
// that one is read only where its folder can be trusted.
func (l *Loader) fromFile(file value) (map[string]value, []error) {
	if file.place == placeDefault {
		if err := l.checkFolder(); err != nil {
			return nil, []error{&Error{
				Key: KeyConfig, Place: file.place, Value: file.text,
				Reason: fmt.Sprintf("cannot trust %q", file.text), Err: err, State: true,
			}}
		}
	}
	data, err := readFile(file.text)
	if err != nil {
		// A PathError repeats the path, which the message names already.
		pathErr := (*fs.PathError)(nil)
		unreadable := errors.As(err, &pathErr)
		if unreadable {
			err = pathErr.Err
		}
		return nil, []error{&Error{
			Key: KeyConfig, Place: file.place, Value: file.text,
			Reason: fmt.Sprintf("cannot read %q", file.text), Err: err, Allowed: allowedFile,
			State: unreadable,
		}}
	}
	return fromYAML(file.text, data)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfigFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxConfigFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxConfigFile)
	}
	return data, nil
}

// fromYAML returns what the text of a settings file gives; path names the file
// in errors. A file without any key, such as one with comments only, is fine.
func fromYAML(path string, data []byte) (map[string]value, []error) {
	doc, err := parseYAML(data)
	if err != nil {
		return nil, []error{&Error{
			Key: KeyConfig, Place: path, Reason: "it is not well-formed", Err: err, Allowed: allowedFile,
		}}
	}
	if doc == nil || doc.Tag == "!!null" {
		return nil, nil
	}
	if doc.Kind != yaml.MappingNode {
		return nil, []error{&Error{
			Key: KeyConfig, Place: place(path, doc), Value: doc.Value,
			Reason: "it does not hold keys with values", Allowed: allowedFile,
		}}
	}
	values := make(map[string]value)
	var errs []error
	for pair := range slices.Chunk(doc.Content, 2) {
		key, node := pair[0], pair[1]
		if err := checkEntry(path, key, node, values); err != nil {
			errs = append(errs, err)
			continue
		}
		values[key.Value] = value{text: node.Value, place: place(path, key)}
	}
	return values, errs
}

// parseYAML returns the one document's content, nil where there is none.
func parseYAML(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, fmt.Errorf("yaml: line %d: a second document begins", more.Line)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return doc.Content[0], nil
}

// checkEntry holds one key and its value against the table's keys, the keys
// that came before it, and the rule that a value is a single one.
func checkEntry(path string, key, node *yaml.Node, before map[string]value) error {
	if key.Kind != yaml.ScalarNode || !slices.Contains(keys(), key.Value) {
		return unknown(key.Value, place(path, key), node.Value, keys())
	}
	wrong := &Error{Key: key.Value, Place: place(path, key), Value: node.Value}
	for _, row := range table() {
		if row.key == key.Value {
			wrong.Allowed = row.allowed
		}
	}
	first, twice := before[key.Value]
	switch {
	case twice:
		wrong.Reason = "it is given twice, first at " + first.place
	case node.Kind != yaml.ScalarNode:
		wrong.Reason = "it is not a single value"
	case node.Tag == "!!null":
		wrong.Reason = "it has no value"
	default:
		return nil
	}
	return wrong
}

func place(path string, node *yaml.Node) string {
	return fmt.Sprintf("%s:%d", path, node.Line)
}
