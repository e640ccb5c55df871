package validate

import "strings"

// Documents for [TestJSON]: what RFC 8259 calls JSON, and what it does not.

// wellFormed are JSON for everybody.
func wellFormed() []string {
	return []string{
		// Literals and white space around a value (section 2, 3).
		"null", "true", "false", " null", "true ", "\tfalse\t", "\nnull\n", "\rtrue\r", "\r\n \t0\t \r\n", "   \"a\"   ", " [ ] ", "\n{\n}\n",
		// Numbers (section 6).
		"0", "-0", "1", "-1", "9", "10", "100", "1234567890", "-1234567890", "0.0", "-0.0", "0.5", "1.5", "-1.5", "10.01", "0.000", "1.0000000000000000000001",
		"0e0", "0E0", "0e+0", "0e-0", "1e1", "1E1", "1e+1", "1e-1", "-1e10", "1.5e10", "1.5E-10", "-1.5E+10", "0.0e00", "1e00", "1e01", "1e-01",
		"1e400", "-1e400", "1e-400", "1e999999999", "1e99999999999999999999", "123456789012345678901234567890", "-0.00000000000000000000000000001",
		"0.1e1", "10e10", "9007199254740993", "18446744073709551616", "-9223372036854775809", "3.141592653589793238462643383279",
		// Strings (section 7).
		`""`, `"a"`, `" "`, `"  a  "`, `"abc def"`, `"\""`, `"\\"`, `"\/"`, `"/"`, `"\b"`, `"\f"`, `"\n"`, `"\r"`, `"\t"`, `"\b\f\n\r\t\"\\\/"`,
		`"\u0000"`, `"\u0001"`, `"\u001f"`, `"\u0020"`, `"\u0041"`, `"\u0022"`, `"\u005c"`, `"\u005C"`, `"\u002f"`, `"\u00e9"`, `"\u00E9"`, `"\u20ac"`, `"\uABCD"`, `"\uabcd"`, `"\uAbCd"`,
		`"\ud7ff"`, `"\ue000"`, `"\uffff"`, `"\ufffe"`, `"\ufffd"`, `"\ufeff"`, `"\u2028\u2029"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\ud800\udc00"`, `"\udbff\udfff"`, `"a\ud83d\ude00b"`, `"\ud83d\ude00\ud83d\ude01"`,
		`"\\u0041"`, `"\\\u0041"`, `"\\\\"`, `"\\ud800"`, `"u0041"`, `"\u00411"`, `"\u0041\u0042"`, `"'"`, "\"`\"", `"[]{},:"`, `"// no comment"`, `"/* neither */"`, `"null"`, `"1"`, `"\u0061\\"`,
		"\"\x7f\"", "\"é\"", "\"€\"", "\"\U0001F600\"", "\"\U0010FFFF\"", "\"\u0080\"", "\"\u00a0\"", "\"\u07ff\"", "\"\u0800\"", "\"\ufffd\"", "\"\uffff\"", "\"\ufeff\"", "\"\u2028\u2029\"", "\"\ud7ff\ue000\"", "\"\u202e\"", "\"e\u0301\"",
		`"` + strings.Repeat("a", 10_000) + `"`, `"` + strings.Repeat(`\u0041`, 1_000) + `"`, `"` + strings.Repeat(`\\`, 1_000) + `"`,
		// Arrays (section 5).
		"[]", "[ ]", "[\n]", "[0]", "[ 0 ]", "[0,1]", "[0 , 1]", "[\t0\r,\n1 ]", "[[]]", "[[],[]]", "[[[]]]", "[null,true,false]", `["a","b"]`, "[{}]", "[{},{}]", "[[{}],[]]", "[1,[2,[3,[4]]]]",
		`[1,"a",null,{"a":[]},-0.5e1]`, "[" + strings.Repeat("0,", 1_000) + "0]", strings.Repeat("[", 100) + strings.Repeat("]", 100),
		// Objects (section 4).
		"{}", "{ }", "{\r}", `{"a":0}`, `{ "a" : 0 }`, "{\n\"a\"\t:\r0\n}", `{"a":0,"b":1}`, `{"a":0 , "b":1}`, `{"":0}`, `{"":{"":{"":0}}}`, `{" ":0}`, `{"a b":0}`, `{"a":{}}`, `{"a":[]}`, `{"a":{"a":{"a":null}}}`,
		`{"a":1,"A":2}`, `{"a":1,"a ":2}`, `{"a":1,"b":{"a":2}}`, `[{"a":1},{"a":1}]`, `{"a":{"x":1},"b":{"x":1}}`, `{"\u0061":0}`, `{"\"":0}`, `{"\\":0,"\/":1}`, `{"\u0000":0}`, `{"é":0,"e\u0301":1}`, `{"\ud83d\ude00":0}`,
		`{"null":null,"true":true,"false":false}`, `{"__proto__":0,"constructor":1}`, `{"a":"b","b":"a"}`, `{"a,b":"c:d"}`, `{"{}":"[]"}`,
		"{" + strings.Repeat(`"a":{`, 100) + strings.Repeat("}", 100) + "}",
	}
}

// malformed are JSON for nobody.
func malformed() []string {
	return []string{
		// Nothing, or too much.
		"", " ", "\t\r\n", "\x00", "null null", "1 2", "{}{}", "[][]", "{} []", `"a""b"`, "null,", ",null", "{},", "[],", "0,1", `"a":1`, "null\x00", "{}\x00", "[] x", "{}}", "[]]", "{}]", "[]}", "null;",
		// Literals.
		"nul", "nulll", "Null", "NULL", "nil", "none", "tru", "truee", "True", "TRUE", "fals", "False", "FALSE", "undefined", "NaN", "-NaN", "Infinity", "-Infinity", "+Infinity", "inf", "yes", "n", "t", "f", "nullnull", "truefalse", "n ull",
		// White space that is none.
		"\v0", "\f0", "0\v", "\u00a00", "\u20280", "\u30000", "\u200b0", "\x850", "[\v]", "[0\f]", "{\u00a0}", "\b0", "\x1f0", "\x7f0",
		// Numbers.
		"+0", "+1", "-", "--1", "-+1", "00", "01", "-00", "-01", "007", "0x1", "0X1", "0b1", "0o7", "1_000", "1,000", "1 000", ".5", "-.5", "5.", "-5.", "1.", "1.e1", ".e1", "e1", "1e", "1e+", "1e-", "1E", "1E+", "1e1.5", "1ee1", "1e+-1", "1e 1",
		"1.2.3", "0.", "0.e1", "0e", "1a", "1f", "1L", "1n", "$1", "1%", "１", "-１", "½", "1.５", "(1)", "1-", "1+1", "- 1", "-a", "0-", "0 1", "[01]", "[1.]", "[-]", "[+1]", "[1e]", `{"a":01}`, `{"a":.1}`,
		// Strings.
		`"`, `"a`, `a"`, `'a'`, `'`, "`a`", `"a'`, `"\"`, `"\`, `"\\\"`, `"\x41"`, `"\a"`, `"\v"`, `"\0"`, `"\1"`, `"\e"`, `"\'"`, `"\ "`, "\"\\\n\"", `"\U0041"`, `"\N"`, `"\B"`, `"\é"`,
		`"\u"`, `"\u0"`, `"\u00"`, `"\u004"`, `"\u004g"`, `"\u00 41"`, `"\u-041"`, `"\u+041"`, `"\u{41}"`, `"\ud83d\u"`, `"\ud83d\ude0"`, `"\ud83d\"`, `"\u０041"`,
		"\"\x00\"", "\"\x01\"", "\"\t\"", "\"\n\"", "\"\r\"", "\"\x0b\"", "\"\x1b[31m\"", "\"\x1f\"", "\"a\nb\"", "\"a\x00b\"", "“a”", "«a»", "a", "abc", `"a" "b"`, `"a"b`, `"a"\n`, `\u0022a\u0022`, `"\ud800`,
		// Arrays.
		"[", "]", "[[", "[[]", "[}", "[)", "(0)", "[,]", "[0,]", "[,0]", "[0,,1]", "[0 1]", "[0;1]", "[0:1]", `["a":1]`, "[0,1", "[0,", `["a"`, `["a`, "[null", "[nul]", "[a]", "[\"a\" \"b\"]", "[0}", "[{]", "[{]}", "[*]", "[...]", "[0,1]]", "[\x00]", "[1,\n2\n,]", "[" + strings.Repeat("[", 50),
		// Objects.
		"{", "}", "{{", "{{}}", "{]", "{)", "{,}", `{"a"}`, `{"a":}`, `{"a":,}`, `{:0}`, `{"a" 0}`, `{"a"=0}`, `{"a";0}`, `{"a"::0}`, `{"a":0:1}`, `{"a":0,}`, `{,"a":0}`, `{"a":0,,"b":1}`, `{"a":0 "b":1}`, `{"a":0;"b":1}`, `{"a":0`, `{"a":`, `{"a"`, `{"a`, `{"a":0,`, `{"a":0]`,
		`{a:0}`, `{'a':0}`, `{1:0}`, `{null:0}`, `{true:0}`, `{[]:0}`, `{{}:0}`, `{"a":"b}`, `{"a":b}`, `{"a\":0}`, "{\"a\n\":0}", "{\"\x00\":0}", `{"\x":0}`, `{"a":0}}`, `{"a":0}{`, `{"a","b"}`, `{"a":"b":"c"}`, `{"a"/**/:0}`, `{"a":0//}`, `{"a":{"b":0}`, `{"a":[0}`, `{"a":[}]`, `{"a":0, b:1}`, `{"a":'b'}`, `{...}`, `{"a":+1}`, `{"a":NaN}`, `{"a":tru}`,
		// Comments, other notations, other encodings.
		"// c\n0", "0 // c", "/* c */0", "0/* c */", "# c\n0", "0 # c", "<!-- c -->0", "[0 /* c */]", "<a/>", "a: 1", "a=1", "\x1e0", "0\x1e", ")]}',\n0", "\xff\xfe0\x00", "\xfe\xff\x000", "n\x00u\x00l\x00l\x00", "\x00\x00\x000", "\x80", "\xff", "\xc3\xa9", "[\xff]", "{\xff:0}",
	}
}

// stricter are JSON by RFC 8259's grammar that the contract calls not well-formed
// on purpose, because two readers could take them differently (refresh contract,
// section 2), by the reason.
func stricter() map[string][]string {
	return map[string][]string{
		"duplicate names": {
			`{"a":1,"a":1}`, `{"a":1,"a":2}`, `{"a":1,"b":2,"a":3}`, `{"":1,"":2}`, `{"a":1,"\u0061":2}`, `{"\u0061":1,"a":2}`, `{"\/":1,"/":2}`, `{"é":1,"\u00e9":2}`, `{"\ud83d\ude00":1,"` + "\U0001F600" + `":2}`,
			`[{"a":1,"a":2}]`, `{"x":{"a":1,"a":2}}`, `{"x":[0,{"a":{},"a":[]}]}`, `{"a":{"b":1},"a":{"c":1}}`, `{"a":null,"a":null}`, `{"\\":1,"\u005c":2}`,
			manyMembers(100)[:len(manyMembers(100))-1] + `,"0":1}`, manyMembers(2_000)[:len(manyMembers(2_000))-1] + `,"1999":1}`,
		},
		"invalid UTF-8": {
			"\"\xff\"", "\"\x80\"", "\"\xbf\"", "\"\xc3\"", "\"\xc3(\"", "\"\xe2\x82\"", "\"\xe2(\xa1\"", "\"\xf0\x9f\x98\"", "\"\xf0(\x8c\xbc\"", "\"\xc0\x80\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xf0\x80\x80\xaf\"", "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"",
			"\"\xed\xa0\xbd\xed\xb8\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", "\"\xfe\"", "\"a\xffb\"", "\"\xe9\"", "{\"\xff\":0}", "{\"a\":\"\xc3\"}", "[\"\xe9t\xe9\"]", "\"\\n\xff\"", "\"\xff\\u0041\"",
		},
		"lone surrogates": {
			`"\ud800"`, `"\udbff"`, `"\udc00"`, `"\udfff"`, `"\uD800"`, `"\ud83d"`, `"\ude00"`, `"a\ud83d"`, `"\ud83da"`, `"\ude00\ud83d"`, `"\ud83d\ud83d"`, `"\ude00\ude00"`, `"\ud83d\u0041"`, `"\ud83d\\ude00"`, `"\ud83d\n\ude00"`, `"\ud83dude00"`, `"\ud83d\ud83d\ude00"`, `"\ud83d\ude00\ude00"`,
			`{"\ud800":0}`, `{"a":"\udfff"}`, `["\ud800"]`,
		},
	}
}

// tooDeep are JSON that is deeper than the decoder goes, and asDeep is as deep as
// it does. RFC 8259 lets a reader have such a limit (section 9).
const deepest = 10_000

func tooDeep() []string {
	const n = deepest + 1
	return []string{
		strings.Repeat("[", n) + strings.Repeat("]", n), strings.Repeat(`{"a":`, n) + "0" + strings.Repeat("}", n),
		strings.Repeat(`[{"a":`, n/2) + "[]" + strings.Repeat("}]", n/2), strings.Repeat("[ ", 2*n) + strings.Repeat(" ]", 2*n),
	}
}

func asDeep() []string {
	const n = deepest
	return []string{
		strings.Repeat("[", n) + strings.Repeat("]", n), strings.Repeat(`{"a":`, n) + "0" + strings.Repeat("}", n),
		strings.Repeat(`[{"a":`, n/2) + "0" + strings.Repeat("}]", n/2),
	}
}
