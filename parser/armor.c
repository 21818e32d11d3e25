#include "parser/armor.h"

#include "base/buffer.h"
#include "parser/lines.h"

#define BEGIN_MESSAGE	"-----BEGIN PGP SIGNED MESSAGE-----"
#define BEGIN_SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define END_SIGNATURE	"-----END PGP SIGNATURE-----"

enum place { PLAIN, HEADERS, SIGNED, SIGNATURE };

/* Where the next line stands, this one being of the armor; PLAIN and SIGNED: it is text. */
static enum place after(enum place place, struct span line)
{
	struct span text = line_trim(line);

	if (place == PLAIN && span_equal(text, SPAN(BEGIN_MESSAGE)))
		return HEADERS;
	if (place == HEADERS && text.size == 0)
		return SIGNED;
	if (place == SIGNED && span_equal(text, SPAN(BEGIN_SIGNATURE)))
		return SIGNATURE;
	if (place == SIGNATURE && span_equal(text, SPAN(END_SIGNATURE)))
		return PLAIN;
	return place;
}

struct span armor_without(struct arena *arena, struct span text)
{
	struct span rest = text, line;
	struct buffer out = {0};
	enum place place = PLAIN;

	if (span_find(text, SPAN(BEGIN_MESSAGE)) < 0)
		return text;
	while (span_next_line(&rest, &line)) {
		enum place next = after(place, line);

		if (next == place && (place == PLAIN || place == SIGNED)) {
			/* section 7.1: a dash at the front was escaped */
			if (place == SIGNED && span_starts(line, SPAN("- ")))
				line = span_after(line, 2);
			buffer_append(&out, line);
			buffer_append_byte(&out, '\n');
		}
		place = next;
	}
	struct span plain = arena_copy(arena, buffer_span(&out));
	buffer_done(&out);
	return plain;
}
