#include "parser/tnef.h"

#include "base/pack.h"
#include "base/text.h"
#include "parser/charset.h"
#include "parser/limits.h"

#define SIGNATURE      0x223e9f78u
#define PROPERTIES_MAX 4096
#define VALUES_MAX     1024

/* Attributes (MS-OXTNEF section 2.1.3.3) */
enum {
	ATTRIBUTE_RENDER_DATA = 0x00069002, /* a file begins */
	ATTRIBUTE_MESSAGE_PROPERTIES = 0x00069003,
	ATTRIBUTE_FILE_PROPERTIES = 0x00069005,
	ATTRIBUTE_CODE_PAGE = 0x00069007,
	ATTRIBUTE_BODY = 0x0002800c,
	ATTRIBUTE_FILE_DATA = 0x0006800f,
	ATTRIBUTE_FILE_TITLE = 0x00018010,
};

/* Properties (MS-OXPROPS) */
enum {
	PROPERTY_BODY = 0x1000,
	PROPERTY_RTF = 0x1009,
	PROPERTY_HTML = 0x1013,
	PROPERTY_FILE_DATA = 0x3701,
	PROPERTY_FILE_NAME = 0x3704,
	PROPERTY_FILE_LONG_NAME = 0x3707,
	PROPERTY_FILE_TYPE = 0x370e,
	PROPERTY_CODE_PAGE = 0x3fde,
};

/* Types of values (MS-OXCDATA section 2.11.1) */
enum {
	TYPE_OBJECT = 0x000d,
	TYPE_STRING8 = 0x001e,
	TYPE_UNICODE = 0x001f,
	TYPE_GUID = 0x0048,
	TYPE_BINARY = 0x0102,
	TYPE_MANY = 0x1000, /* a flag: several values */
};

struct reader {
	struct arena *arena;
	struct tnef *tnef;
	uint32_t code_page; /* of 8-bit strings; 0: unknown */
};

struct value {
	uint16_t type, id;
	struct span bytes; /* the first one */
};

static uint16_t take_u16(struct unpack *in)
{
	uint16_t low = unpack_u8(in);

	return (uint16_t)(low | unpack_u8(in) << 8);
}

static struct span take(struct unpack *in, size_t size)
{
	struct span piece = span_part(in->rest, 0, size);

	if (piece.size < size)
		in->bad = true;
	in->rest = span_after(in->rest, piece.size);
	return in->bad ? (struct span){0} : piece;
}

static struct span take_padded(struct unpack *in, size_t size)
{
	struct span piece = take(in, size);

	take(in, (4 - size % 4) % 4);
	return in->bad ? (struct span){0} : piece;
}

static struct span without_nul(struct span text)
{
	ptrdiff_t nul = span_find_byte(text, '\0');

	return nul < 0 ? text : span_part(text, 0, (size_t)nul);
}

/* 0: no code page that iconv would know */
static struct span charset_of(struct arena *arena, uint32_t code_page)
{
	switch (code_page) {
	case 0:
		return (struct span){0};
	case 65001:
		return SPAN("utf-8");
	case 20127:
		return SPAN("us-ascii");
	case 28591:
		return SPAN("iso-8859-1");
	case 28592:
		return SPAN("iso-8859-2");
	case 28605:
		return SPAN("iso-8859-15");
	default:
		return arena_format(
			arena, "%s%u", code_page < 1250 ? "cp" : "windows-", (unsigned)code_page);
	}
}

static struct span text_of(struct reader *reader, struct span charset, struct span bytes)
{
	bool bad = false;
	struct span text = charset_to_utf8(reader->arena, charset, bytes, TEXT_BYTES_MAX, &bad);

	return text_clean(reader->arena, without_nul(text));
}

static struct span value_text(struct reader *reader, const struct value *value)
{
	if (value->type == TYPE_UNICODE)
		return text_of(reader, SPAN("utf-16le"), value->bytes);
	return text_of(
		reader, charset_of(reader->arena, reader->code_page), without_nul(value->bytes));
}

/* Bytes that a value of a fixed size takes here, padding included; 0: not of a fixed size. */
static size_t fixed_size(uint16_t type)
{
	switch (type) {
	case 0x0002: /* 16-bit integer, padded */
	case 0x0003: /* 32-bit integer */
	case 0x0004: /* float */
	case 0x000a: /* error */
	case 0x000b: /* boolean, padded */
		return 4;
	case 0x0005: /* double */
	case 0x0006: /* currency */
	case 0x0007: /* time as a double */
	case 0x0014: /* 64-bit integer */
	case 0x0040: /* time */
		return 8;
	case TYPE_GUID:
		return 16;
	default:
		return 0;
	}
}

static bool is_variable(uint16_t type)
{
	return type == TYPE_OBJECT || type == TYPE_STRING8 || type == TYPE_UNICODE ||
	       type == TYPE_BINARY;
}

/* GUID and number or name of a property that is not one of the standard's */
static void skip_name(struct unpack *in)
{
	take(in, 16);
	uint32_t kind = unpack_u32(in), number = unpack_u32(in);
	if (kind == 1) /* then the number is the size of a name */
		take_padded(in, number);
}

/* False where the list ends or no longer makes sense. */
static bool next_value(struct unpack *in, struct value *value)
{
	uint16_t type = take_u16(in);

	*value = (struct value){.type = (uint16_t)(type & ~TYPE_MANY), .id = take_u16(in)};
	if (value->id >= 0x8000)
		skip_name(in);
	size_t size = fixed_size(value->type);
	uint32_t count = (type & TYPE_MANY) || size == 0 ? unpack_u32(in) : 1;
	if (in->bad || count > VALUES_MAX || (size == 0 && !is_variable(value->type)))
		return false;
	for (uint32_t i = 0; i < count && !in->bad; i++) {
		struct span bytes = take_padded(in, size > 0 ? size : unpack_u32(in));

		if (i == 0)
			value->bytes = bytes;
	}
	return !in->bad;
}

static void read_message_property(struct reader *reader, const struct value *value)
{
	struct tnef *tnef = reader->tnef;
	struct unpack number = {.rest = value->bytes};

	switch (value->id) {
	case PROPERTY_BODY:
		tnef->text = value_text(reader, value);
		break;
	case PROPERTY_HTML:
		tnef->html = value->bytes;
		break;
	case PROPERTY_RTF:
		tnef->rtf = value->bytes;
		break;
	case PROPERTY_CODE_PAGE:
		tnef->html_charset = charset_of(reader->arena, unpack_u32(&number));
		break;
	default:
		break;
	}
}

static struct tnef_file *last_file(struct tnef *tnef)
{
	return tnef->file_count > 0 ? &tnef->files[tnef->file_count - 1] : NULL;
}

static void read_file_property(struct reader *reader, const struct value *value)
{
	struct tnef_file *file = last_file(reader->tnef);

	if (!file)
		return;
	switch (value->id) {
	case PROPERTY_FILE_LONG_NAME:
		file->name = text_cut(value_text(reader, value), FILENAME_BYTES_MAX);
		break;
	case PROPERTY_FILE_NAME:
		if (file->name.size == 0)
			file->name = text_cut(value_text(reader, value), FILENAME_BYTES_MAX);
		break;
	case PROPERTY_FILE_TYPE:
		file->type = value_text(reader, value);
		break;
	case PROPERTY_FILE_DATA:
		if (file->bytes.size == 0)
			file->bytes = value->bytes;
		break;
	default:
		break;
	}
}

static void read_properties(struct reader *reader, struct span bytes,
	void (*read)(struct reader *reader, const struct value *value))
{
	struct unpack in = {.rest = bytes};
	uint32_t count = unpack_u32(&in);
	struct value value;

	for (uint32_t i = 0; i < count && i < PROPERTIES_MAX && next_value(&in, &value); i++)
		read(reader, &value);
}

static void read_attribute(struct reader *reader, uint32_t attribute, struct span bytes)
{
	struct tnef *tnef = reader->tnef;
	struct tnef_file *file = last_file(tnef);
	struct value value = {.type = TYPE_STRING8, .bytes = bytes};
	struct unpack number = {.rest = bytes};

	switch (attribute) {
	case ATTRIBUTE_CODE_PAGE:
		reader->code_page = unpack_u32(&number);
		break;
	case ATTRIBUTE_BODY:
		if (tnef->text.size == 0)
			tnef->text = value_text(reader, &value);
		break;
	case ATTRIBUTE_MESSAGE_PROPERTIES:
		read_properties(reader, bytes, read_message_property);
		break;
	case ATTRIBUTE_RENDER_DATA:
		if (tnef->file_count < TNEF_FILES_MAX)
			tnef->files[tnef->file_count++] = (struct tnef_file){0};
		break;
	case ATTRIBUTE_FILE_TITLE:
		if (file && file->name.size == 0)
			file->name = text_cut(value_text(reader, &value), FILENAME_BYTES_MAX);
		break;
	case ATTRIBUTE_FILE_DATA:
		if (file)
			file->bytes = bytes;
		break;
	case ATTRIBUTE_FILE_PROPERTIES:
		read_properties(reader, bytes, read_file_property);
		break;
	default:
		break;
	}
}

bool tnef_read(struct span bytes, struct arena *arena, struct tnef *tnef)
{
	struct reader reader = {.arena = arena, .tnef = tnef};
	struct unpack in = {.rest = bytes};

	*tnef = (struct tnef){.files = arena_array(arena, struct tnef_file, TNEF_FILES_MAX)};
	if (unpack_u32(&in) != SIGNATURE)
		return false;
	take_u16(&in); /* a key that nothing uses */
	while (in.rest.size > 0 && !in.bad) {
		unpack_u8(&in); /* of the message or of a file: the attribute says so too */
		uint32_t attribute = unpack_u32(&in);
		uint32_t size = unpack_u32(&in);
		struct span content = span_part(in.rest, 0, size);

		take(&in, size);
		take_u16(&in); /* a sum of the bytes: what is cut short is read as far as it goes */
		read_attribute(&reader, attribute, content);
	}
	tnef->cut = in.bad;
	return true;
}
