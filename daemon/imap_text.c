#include "daemon/imap_text.h"

#include "base/base64.h"
#include "base/text.h"

bool imap_text_quote(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if (byte == 0 || byte == '\r' || byte == '\n' || byte > 127)
			return false;
	}
	buffer_append_byte(out, '"');
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '"' || text.data[i] == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, text.data[i]);
	}
	buffer_append_byte(out, '"');
	return true;
}

/* A run of other characters: "&", base64 of UTF-16BE with "," for "/", no padding, "-". */
static void append_shifted(struct buffer *out, struct buffer *utf16)
{
	struct buffer base64 = {0};

	if (utf16->size == 0)
		return;
	base64_append(&base64, buffer_span(utf16));
	buffer_append_byte(out, '&');
	for (size_t i = 0; i < base64.size && base64.data[i] != '='; i++)
		buffer_append_byte(out, base64.data[i] == '/' ? ',' : base64.data[i]);
	buffer_append_byte(out, '-');
	buffer_done(&base64);
	buffer_clear(utf16);
}

static void append_utf16_unit(struct buffer *utf16, uint32_t unit)
{
	buffer_append_byte(utf16, (char)(unit >> 8 & 0xff));
	buffer_append_byte(utf16, (char)(unit & 0xff));
}

static void append_utf16(struct buffer *utf16, uint32_t code)
{
	if (code < 0x10000) {
		append_utf16_unit(utf16, code);
		return;
	}
	append_utf16_unit(utf16, 0xd800 + ((code - 0x10000) >> 10));
	append_utf16_unit(utf16, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

static bool append_utf7(struct buffer *out, struct span name)
{
	struct buffer utf16 = {0};
	int32_t code;
	bool ok = true;

	while (ok && text_next(&name, &code)) {
		ok = code >= ' ' && code != 0x7f; /* -1 where it is no UTF-8 */
		if (!ok)
			break;
		if (code > 0x7f) {
			append_utf16(&utf16, (uint32_t)code);
			continue;
		}
		append_shifted(out, &utf16);
		buffer_append_byte(out, (char)code);
		if (code == '&')
			buffer_append_byte(out, '-');
	}
	append_shifted(out, &utf16);
	buffer_done(&utf16);
	return ok;
}

bool imap_text_folder(struct buffer *out, struct span name)
{
	struct buffer utf7 = {0};
	bool ok = append_utf7(&utf7, name) && imap_text_quote(out, buffer_span(&utf7));

	buffer_done(&utf7);
	return ok;
}

void imap_text_uids(struct buffer *out, const uint32_t *uids, size_t count)
{
	for (size_t i = 0; i < count;) {
		size_t last = i;

		while (last + 1 < count && uids[last + 1] == uids[last] + 1)
			last++;
		if (i > 0)
			buffer_append_byte(out, ',');
		if (last == i)
			buffer_format(out, "%u", uids[i]);
		else
			buffer_format(out, "%u:%u", uids[i], uids[last]);
		i = last + 1;
	}
}
