#include "parser/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * What mail is written in, by iconv's names. Where browsers read a label as its superset, so do we
 * (WHATWG Encoding): the senders' programs do the same.
 */
static const char *const names[] = {
	"UTF-8",
	"US-ASCII",
	"UTF-7",
	"UTF-16",
	"UTF-16BE",
	"UTF-16LE",
	"UTF-32",
	"UTF-32BE",
	"UTF-32LE",
	"ISO-8859-1",
	"ISO-8859-2",
	"ISO-8859-3",
	"ISO-8859-4",
	"ISO-8859-5",
	"ISO-8859-6",
	"ISO-8859-7",
	"ISO-8859-8",
	"ISO-8859-9",
	"ISO-8859-10",
	"ISO-8859-11",
	"ISO-8859-13",
	"ISO-8859-14",
	"ISO-8859-15",
	"ISO-8859-16",
	"CP1250",
	"CP1251",
	"CP1252",
	"CP1253",
	"CP1254",
	"CP1255",
	"CP1256",
	"CP1257",
	"CP1258",
	"KOI8-R",
	"KOI8-U",
	"KOI8-T",
	"GB18030",
	"GBK",
	"EUC-CN",
	"BIG5",
	"BIG5-HKSCS",
	"EUC-TW",
	"ISO-2022-CN",
	"ISO-2022-CN-EXT",
	"EUC-JP",
	"EUC-JP-MS",
	"SHIFT_JIS",
	"CP932",
	"ISO-2022-JP",
	"ISO-2022-JP-2",
	"ISO-2022-JP-3",
	"EUC-KR",
	"CP949",
	"ISO-2022-KR",
	"JOHAB",
	"TIS-620",
	"CP874",
	"VISCII",
	"TCVN5712-1",
	"ARMSCII-8",
	"GEORGIAN-PS",
	"PT154",
	"MACINTOSH",
	"MAC-CYRILLIC",
	"MAC-CENTRALEUROPE",
	"CP437",
	"CP775",
	"CP850",
	"CP852",
	"CP855",
	"CP857",
	"CP858",
	"CP860",
	"CP861",
	"CP862",
	"CP863",
	"CP864",
	"CP865",
	"CP866",
	"CP869",
	"CP037",
	"CP500",
	"CP1047",
	"CP1140",
	"HP-ROMAN8",
	"ISO-IR-197",
};

/* Old and wrong names, and names whose superset is meant. */
static const struct alias {
	const char *label, *name;
} aliases[] = {
	{"utf8", "UTF-8"},
	{"unicode-1-1-utf-8", "UTF-8"},
	{"utf-8-mac", "UTF-8"},
	{"x-utf-8", "UTF-8"},
	{"unicode-1-1-utf-7", "UTF-7"},
	{"utf7", "UTF-7"},
	{"utf-16le", "UTF-16LE"},
	{"ucs-2", "UTF-16BE"},
	{"unicode", "UTF-16"},
	{"ascii", "US-ASCII"},
	{"ansi_x3.4-1968", "US-ASCII"},
	{"646", "US-ASCII"},
	{"iso646-us", "US-ASCII"},
	{"iso-ir-6", "US-ASCII"},
	{"x-ascii", "US-ASCII"},
	{"iso-8859-1", "CP1252"},
	{"iso8859-1", "CP1252"},
	{"iso_8859-1", "CP1252"},
	{"iso88591", "CP1252"},
	{"latin1", "CP1252"},
	{"latin-1", "CP1252"},
	{"l1", "CP1252"},
	{"iso-latin-1", "CP1252"},
	{"iso-8859-1-windows-3.1-latin-1", "CP1252"},
	{"windows-1252", "CP1252"},
	{"x-cp1252", "CP1252"},
	{"cp-1252", "CP1252"},
	{"ansi", "CP1252"},
	{"iso-8859-1:1987", "CP1252"},
	{"8859_1", "CP1252"},
	{"latin2", "ISO-8859-2"},
	{"iso8859-2", "ISO-8859-2"},
	{"iso_8859-2", "ISO-8859-2"},
	{"latin5", "CP1254"},
	{"iso-8859-9", "CP1254"},
	{"iso8859-9", "CP1254"},
	{"iso-8859-8-i", "ISO-8859-8"},
	{"iso-8859-8-e", "ISO-8859-8"},
	{"logical", "ISO-8859-8"},
	{"visual", "ISO-8859-8"},
	{"iso-8859-6-i", "ISO-8859-6"},
	{"iso-8859-6-e", "ISO-8859-6"},
	{"iso8859-15", "ISO-8859-15"},
	{"latin9", "ISO-8859-15"},
	{"latin-9", "ISO-8859-15"},
	{"iso8859-5", "ISO-8859-5"},
	{"iso8859-7", "ISO-8859-7"},
	{"iso8859-8", "ISO-8859-8"},
	{"windows-1250", "CP1250"},
	{"windows-1251", "CP1251"},
	{"win-1251", "CP1251"},
	{"x-cp1251", "CP1251"},
	{"windows-1253", "CP1253"},
	{"windows-1254", "CP1254"},
	{"windows-1255", "CP1255"},
	{"windows-1256", "CP1256"},
	{"windows-1257", "CP1257"},
	{"windows-1258", "CP1258"},
	{"x-mac-roman", "MACINTOSH"},
	{"mac", "MACINTOSH"},
	{"x-mac-cyrillic", "MAC-CYRILLIC"},
	{"macroman", "MACINTOSH"},
	{"x-mac-ce", "MAC-CENTRALEUROPE"},
	{"koi8", "KOI8-R"},
	{"koi", "KOI8-R"},
	{"koi8_r", "KOI8-R"},
	{"koi8-ru", "KOI8-U"},
	{"gb2312", "GB18030"},
	{"gb_2312-80", "GB18030"},
	{"gb_2312", "GB18030"},
	{"gb2312-80", "GB18030"},
	{"gbk", "GB18030"},
	{"x-gbk", "GB18030"},
	{"cp936", "GB18030"},
	{"ms936", "GB18030"},
	{"euc-cn", "GB18030"},
	{"chinese", "GB18030"},
	{"csgb2312", "GB18030"},
	{"iso-ir-58", "GB18030"},
	{"gb18030-2000", "GB18030"},
	{"hz-gb-2312", "GB18030"},
	{"big5", "BIG5-HKSCS"},
	{"cn-big5", "BIG5-HKSCS"},
	{"x-x-big5", "BIG5-HKSCS"},
	{"big-5", "BIG5-HKSCS"},
	{"cp950", "BIG5-HKSCS"},
	{"csbig5", "BIG5-HKSCS"},
	{"x-euc-jp", "EUC-JP-MS"},
	{"euc-jp", "EUC-JP-MS"},
	{"eucjp", "EUC-JP-MS"},
	{"ujis", "EUC-JP-MS"},
	{"shift_jis", "CP932"},
	{"shift-jis", "CP932"},
	{"sjis", "CP932"},
	{"x-sjis", "CP932"},
	{"ms_kanji", "CP932"},
	{"windows-31j", "CP932"},
	{"ms932", "CP932"},
	{"csshiftjis", "CP932"},
	{"iso-2022-jp-1", "ISO-2022-JP-2"},
	{"jis", "ISO-2022-JP-2"},
	{"csiso2022jp", "ISO-2022-JP-2"},
	{"iso-2022-jp", "ISO-2022-JP-2"},
	{"cp50220", "ISO-2022-JP-2"},
	{"cp50221", "ISO-2022-JP-2"},
	{"ks_c_5601-1987", "CP949"},
	{"ks_c_5601-1989", "CP949"},
	{"ks_c_5601", "CP949"},
	{"ksc5601", "CP949"},
	{"ksc_5601", "CP949"},
	{"ks-c-5601-1987", "CP949"},
	{"euc-kr", "CP949"},
	{"euckr", "CP949"},
	{"korean", "CP949"},
	{"cseuckr", "CP949"},
	{"uhc", "CP949"},
	{"windows-949", "CP949"},
	{"ms949", "CP949"},
	{"iso-ir-149", "CP949"},
	{"tis-620", "CP874"},
	{"tis620", "CP874"},
	{"windows-874", "CP874"},
	{"iso-8859-11", "CP874"},
	{"ibm437", "CP437"},
	{"ibm775", "CP775"},
	{"ibm850", "CP850"},
	{"ibm852", "CP852"},
	{"ibm855", "CP855"},
	{"ibm857", "CP857"},
	{"ibm858", "CP858"},
	{"ibm00858", "CP858"},
	{"ibm860", "CP860"},
	{"ibm862", "CP862"},
	{"ibm866", "CP866"},
	{"cp-850", "CP850"},
	{"cp-866", "CP866"},
	{"ibm037", "CP037"},
	{"ibm500", "CP500"},
	{"ibm1047", "CP1047"},
	{"ibm01140", "CP1140"},
	{"tcvn", "TCVN5712-1"},
	{"georgian-academy", "GEORGIAN-PS"},
	{"ptcp154", "PT154"},
	{"roman8", "HP-ROMAN8"},
};

/* Labels that say that the sender did not know. */
static const char *const unknown_labels[] = {"unknown-8bit", "x-unknown", "unknown", "8bit",
	"x-user-defined", "user-defined", "default", "default_charset", "none", "binary", "null",
	"iso-8859-x", "us-ascii", "ascii"};

/* iconv_open's value for failure. */
#define CLOSED ((iconv_t)-1)

static iconv_t converters[ARRAY_COUNT(names)];
static bool tried[ARRAY_COUNT(names)];

static iconv_t converter_at(size_t index)
{
	if (!tried[index]) {
		tried[index] = true;
		converters[index] = iconv_open("UTF-8", names[index]);
	}
	return converters[index];
}

void charset_open_all(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		(void)converter_at(i);
}

void charset_close_all(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (tried[i] && converters[i] != CLOSED)
			iconv_close(converters[i]);
		tried[i] = false;
	}
}

size_t charset_count(void)
{
	return ARRAY_COUNT(names);
}

const char *charset_at(size_t index)
{
	return names[index];
}

const char *charset_name(struct span label)
{
	for (size_t i = 0; i < ARRAY_COUNT(aliases); i++)
		if (span_equal_fold(label, span_from(aliases[i].label)))
			return aliases[i].name;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (span_equal_fold(label, span_from(names[i])))
			return names[i];
	return NULL;
}

bool charset_is_unknown(struct span label)
{
	if (label.size == 0) /* of most header fields */
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(unknown_labels); i++)
		if (span_equal_fold(label, span_from(unknown_labels[i])))
			return true;
	return false;
}

static iconv_t converter_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return converter_at(i);
	return CLOSED;
}

/* Converts everything; what iconv refuses is replaced byte by byte. */
static struct span convert(
	struct arena *arena, iconv_t converter, struct span bytes, size_t max_bytes, bool *bad)
{
	struct buffer out = {0};
	char *in = (char *)(uintptr_t)bytes.data; /* iconv takes char ** but does not write */
	size_t left = bytes.size;

	iconv(converter, NULL, NULL, NULL, NULL);
	while (left > 0 && out.size < max_bytes) {
		size_t wanted = left * 2 < max_bytes - out.size ? left * 2 : max_bytes - out.size;
		size_t room = wanted + 16;
		char *start = buffer_reserve(&out, room), *to = start;
		size_t result = iconv(converter, &in, &left, &to, &room);

		out.size += (size_t)(to - start);
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		*bad = true;
		buffer_append(&out, SPAN("\xef\xbf\xbd"));
		/* it can take the last byte and refuse it afterwards: nothing is left to skip then
		 */
		if (left > 0) {
			in++;
			left--;
		}
		iconv(converter, NULL, NULL, NULL, NULL);
	}
	/* a letter that waited for a mark (CP1255, VISCII) */
	size_t room = 16;
	char *start = buffer_reserve(&out, room), *to = start;
	iconv(converter, NULL, NULL, &to, &room);
	out.size += (size_t)(to - start);
	struct span text = arena_copy(arena, text_cut(buffer_span(&out), max_bytes));
	buffer_done(&out);
	return text;
}

/* No byte above 127 and no escape, eight bytes at a time. */
static bool is_ascii(struct span bytes)
{
	const uint64_t high = 0x8080808080808080u;
	size_t at = 0;

	if (memchr(bytes.data ? bytes.data : "", '\x1b', bytes.size))
		return false;
	for (uint64_t word; at + sizeof(word) <= bytes.size; at += sizeof(word)) {
		memcpy(&word, bytes.data + at, sizeof(word));
		if (word & high)
			return false;
	}
	bytes = span_after(bytes, at);
	for (size_t i = 0; i < bytes.size; i++)
		if ((unsigned char)bytes.data[i] > 127)
			return false;
	return true;
}

static bool name_is_of(const char *name, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
			return true;
	return false;
}

/* ASCII bytes mean something else in these. */
static bool is_not_ascii_based(const char *name)
{
	static const char *const prefixes[] = {"UTF-7", "UTF-16", "UTF-32", "CP037", "CP500",
		"CP1047", "CP1140", "ISO-2022", NULL};

	return name && name_is_of(name, prefixes);
}

/* Two bytes a character: short text in these may be valid UTF-8 by chance. */
static bool is_double_byte(const char *name)
{
	static const char *const prefixes[] = {
		"GB", "BIG5", "EUC", "CP932", "CP949", "JOHAB", "SHIFT_JIS", NULL};

	return name && name_is_of(name, prefixes);
}

/* Some characters of it are UTF-8: a cut or spoilt text rather than one in another charset. */
static bool is_mostly_utf8(struct span bytes)
{
	size_t good = 0, bad = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char lead = (unsigned char)bytes.data[i];
		size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;

		if (lead < 0x80)
			continue;
		if (more > 0 && text_is_utf8(span_part(bytes, i, more + 1)) &&
			i + more < bytes.size) {
			good++;
			i += more;
		} else {
			bad++;
		}
	}
	return good > bad;
}

/* What is no character takes three bytes afterwards. */
static struct span clean_cut(struct arena *arena, struct span bytes, size_t max_bytes)
{
	return text_cut(text_clean(arena, text_cut(bytes, max_bytes)), max_bytes);
}

struct span charset_to_utf8(
	struct arena *arena, struct span label, struct span bytes, size_t max_bytes, bool *bad)
{
	bool unknown = charset_is_unknown(label);
	const char *name = unknown ? NULL : charset_name(label);

	if (!unknown && !name)
		*bad = true;
	if (!name && span_find_byte(bytes, '\x1b') >= 0 &&
		(span_find(bytes, SPAN("\x1b$B")) >= 0 || span_find(bytes, SPAN("\x1b(B")) >= 0))
		name = "ISO-2022-JP-2"; /* nothing else writes these escapes */
	if (!is_not_ascii_based(name) && is_ascii(bytes))
		return span_part(bytes, 0, max_bytes);
	/* Many programs write UTF-8 under another name; hardly any other text is valid UTF-8. */
	if (!is_not_ascii_based(name) && !is_double_byte(name) && text_is_utf8(bytes))
		return text_cut(bytes, max_bytes);
	if (name && strcmp(name, "UTF-8") == 0) {
		*bad = true;
		if (is_mostly_utf8(bytes))
			return clean_cut(arena, bytes, max_bytes);
		name = NULL;
	}
	iconv_t converter = converter_of(name ? name : "CP1252");
	if (converter != CLOSED)
		return convert(arena, converter, bytes, max_bytes, bad);
	*bad = true;
	return clean_cut(arena, bytes, max_bytes);
}
