#include "parser/flowed.h"

#include "base/buffer.h"

#define DEPTH_MAX 50 /* quote marks that are written out again */

struct flowed {
	struct buffer out;
	bool open; /* the last line ended in a space */
	size_t depth;
};

static void end_line(struct flowed *flowed)
{
	if (flowed->open)
		buffer_append_byte(&flowed->out, '\n');
	flowed->open = false;
}

static void add_line(struct flowed *flowed, struct span line, bool delete_space)
{
	size_t depth = 0;

	while (depth < line.size && line.data[depth] == '>')
		depth++;
	struct span content = span_after(line, depth);
	if (span_starts(content, SPAN(" ")))
		content = span_after(content, 1);	      /* space-stuffing, section 4.4 */
	bool is_signature = span_equal(content, SPAN("-- ")); /* section 4.3 */
	if (flowed->open && (depth != flowed->depth || is_signature))
		end_line(flowed);
	if (!flowed->open) {
		for (size_t i = 0; i < depth && i < DEPTH_MAX; i++)
			buffer_append_byte(&flowed->out, '>');
		if (depth > 0)
			buffer_append_byte(&flowed->out, ' ');
	}
	bool flows = span_ends(content, SPAN(" ")) && !is_signature;
	if (flows && delete_space)
		content = span_part(content, 0, content.size - 1);
	buffer_append(&flowed->out, content);
	flowed->depth = depth;
	flowed->open = flows;
	if (!flows)
		buffer_append_byte(&flowed->out, '\n');
}

struct span flowed_text(struct arena *arena, struct span text, bool delete_space)
{
	struct flowed flowed = {0};
	struct span rest = text, line;

	while (span_next_line(&rest, &line))
		add_line(&flowed, line, delete_space);
	end_line(&flowed);
	struct span joined = arena_copy(arena, buffer_span(&flowed.out));
	buffer_done(&flowed.out);
	return joined;
}
