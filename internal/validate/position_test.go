package validate

import "testing"

func TestPositionOf(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		offset int
		want   position
	}{
		{"empty", "", 0, position{1, 1}},
		{"first", "abc", 0, position{1, 1}},
		{"end", "abc", 3, position{1, 4}},
		{"LF", "a\nb", 2, position{2, 1}},
		{"CR", "a\rb", 2, position{2, 1}},
		{"CRLF", "a\r\nb", 3, position{2, 1}},
		{"at the LF of a CRLF", "a\r\nb", 2, position{1, 3}},
		{"after a last CR", "a\r", 2, position{2, 1}},
		{"CR CR", "a\r\rb", 3, position{3, 1}},
		{"LF CR", "a\n\rb", 3, position{3, 1}},
		{"CR CRLF LF", "\r\r\n\nb", 4, position{4, 1}},
		{"two bytes a character", "äöx", 4, position{1, 3}},
		{"four bytes a character", "😀x", 4, position{1, 2}},
		{"combining marks count for themselves", "e\u0301x", 3, position{1, 3}},
		{"tab", "\tx", 1, position{1, 2}},
		{"other line separators end no line", "a\u2028\u0085\v\fx", 8, position{1, 6}},
		{"invalid bytes count one each", "\xff\xfex", 2, position{1, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := positionOf([]byte(tt.text), tt.offset); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
