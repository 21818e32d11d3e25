#include "calendar/line.h"

#include "base/zone.h"

#define LINE_OCTETS 75
#define DAY_MS	    INT64_C(86400000)

struct line {
	struct buffer *out;
	size_t octets; /* of the physical line, without its CRLF */
};

static void fold(struct line *line)
{
	buffer_append(line->out, SPAN("\r\n "));
	line->octets = 1;
}

/* What may not be cut: a name, an escape. */
static void put_whole(struct line *line, struct span piece)
{
	if (line->octets + piece.size > LINE_OCTETS)
		fold(line);
	buffer_append(line->out, piece);
	line->octets += piece.size;
}

/* Of valid UTF-8. */
static void put(struct line *line, struct span text)
{
	while (line->octets + text.size > LINE_OCTETS) {
		size_t take = LINE_OCTETS - line->octets;

		while (take > 0 && ((unsigned char)text.data[take] & 0xc0) == 0x80)
			take--;
		buffer_append(line->out, span_part(text, 0, take));
		text = span_after(text, take);
		fold(line);
	}
	buffer_append(line->out, text);
	line->octets += text.size;
}

static struct line line_begin(struct buffer *out, const char *name)
{
	struct line line = {out, 0};

	put(&line, span_from(name));
	put_whole(&line, SPAN(":"));
	return line;
}

static void line_end(struct line *line)
{
	buffer_append(line->out, SPAN("\r\n"));
}

static const char *escape_of(char byte)
{
	switch (byte) {
	case '\n':
		return "\\n";
	case '\\':
		return "\\\\";
	case ';':
		return "\\;";
	case ',':
		return "\\,";
	default:
		return NULL;
	}
}

void line_text(struct buffer *out, const char *name, struct span text)
{
	struct line line = line_begin(out, name);
	size_t from = 0;

	for (size_t i = 0; i < text.size; i++) {
		const char *escape = escape_of(text.data[i]);

		if (!escape)
			continue;
		put(&line, span_part(text, from, i - from));
		put_whole(&line, span_from(escape));
		from = i + 1;
	}
	put(&line, span_after(text, from));
	line_end(&line);
}

void line_value(struct buffer *out, const char *name, struct span value)
{
	struct line line = line_begin(out, name);

	put(&line, value);
	line_end(&line);
}

void line_string(struct buffer *out, const char *name, const char *value)
{
	line_value(out, name, span_from(value));
}

/* printf would take as long as all the rest: some eight numbers an item. */
static size_t put_digits(char *text, int number, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		text[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return (size_t)width;
}

void line_number(struct buffer *out, const char *name, int number)
{
	char text[12];
	int width = 1;

	for (int rest = number; rest > 9; rest /= 10)
		width++;
	line_value(out, name, (struct span){text, put_digits(text, number, width)});
}

static size_t put_day(char *text, struct date day)
{
	put_digits(text, day.year, 4);
	put_digits(text + 4, day.month, 2);
	put_digits(text + 6, day.day, 2);
	return 8;
}

static size_t put_time(char *text, struct date day, int hour, int minute, int second)
{
	put_day(text, day);
	text[8] = 'T';
	put_digits(text + 9, hour, 2);
	put_digits(text + 11, minute, 2);
	put_digits(text + 13, second, 2);
	return 15;
}

void line_day(struct buffer *out, const char *name, struct date day)
{
	char text[8];

	line_value(out, name, (struct span){text, put_day(text, day)});
}

void line_instant(struct buffer *out, const char *name, int64_t instant_ms)
{
	int64_t days = instant_ms / DAY_MS - (instant_ms % DAY_MS < 0);
	int second = (int)((instant_ms - days * DAY_MS) / 1000);
	char text[16];
	size_t size =
		put_time(text, date_from_days(days), second / 3600, second / 60 % 60, second % 60);

	text[size++] = 'Z';
	line_value(out, name, (struct span){text, size});
}

void line_local(struct buffer *out, const char *name, int64_t instant_ms, const char *zone)
{
	struct zone_time at = zone_local(zone, instant_ms);
	struct line line = {out, 0};
	char text[15];

	put(&line, span_from(name));
	put_whole(&line, SPAN(";TZID="));
	put(&line, span_from(zone));
	put_whole(&line, SPAN(":"));
	put_whole(
		&line, (struct span){text, put_time(text, at.date, at.hour, at.minute, at.second)});
	line_end(&line);
}
