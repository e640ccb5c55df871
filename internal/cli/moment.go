package cli

import (
	"errors"
	"time"

	"github.com/spf13/pflag"
)

// moment is a moment in the past as a person writes it, the value of a flag. It is
// read by [moment.at], since it may depend on the time of day.
type moment string

var _ pflag.Value = (*moment)(nil)

var errMoment = errors.New(`must be a time such as "2006-01-02 15:04", 15:04 for today, 2006-01-02T15:04:05Z, or how long ago it was, such as 2h`)

// String implements pflag.Value.
func (m *moment) String() string { return string(*m) }

// Set implements pflag.Value.
func (m *moment) Set(text string) error {
	if text == "" {
		return errMoment
	}
	*m = moment(text)
	return nil
}

// Type implements pflag.Value.
func (m *moment) Type() string { return "TIME" }

// at returns the moment, zero where none is given. A time without a zone is in zone,
// one without a day is today's; a duration is that long before now.
func (m moment) at(now time.Time, zone *time.Location) (time.Time, error) {
	if m == "" {
		return time.Time{}, nil
	}
	at, err := m.read(now, zone)
	switch {
	case err != nil:
		return time.Time{}, err
	case at.After(now):
		return time.Time{}, errors.New("it lies in the future")
	}
	return at, nil
}

func (m moment) read(now time.Time, zone *time.Location) (time.Time, error) {
	text := string(m)
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", time.DateTime} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			year, month, day := now.In(zone).Date()
			return time.Date(year, month, day, at.Hour(), at.Minute(), at.Second(), 0, zone), nil
		}
	}
	return time.Time{}, errMoment
}
