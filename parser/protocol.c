#include "parser/protocol.h"

#include "base/pack.h"

static void spans_write(const struct span *spans, size_t count, struct buffer *out)
{
	pack_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		pack_span(out, spans[i]);
}

static struct span *spans_read(struct unpack *in, struct arena *arena, size_t *count)
{
	*count = unpack_count(in, sizeof(uint32_t));
	struct span *spans = arena_array(arena, struct span, *count);
	for (size_t i = 0; i < *count; i++)
		spans[i] = unpack_span(in);
	return spans;
}

void protocol_write_request(
	const struct parse_options *options, struct span mail, struct buffer *out)
{
	pack_u8(out, (uint8_t)options->input);
	pack_u8(out, (uint8_t)options->tag_separator);
	pack_bool(out, options->without_documents);
	spans_write(options->action_prefixes, options->action_prefix_count, out);
	spans_write(options->own_domains, options->own_domain_count, out);
	pack_span(out, mail);
}

bool protocol_read_request(struct span body, struct arena *arena, struct parse_options *options,
	struct span *mail, struct error *err)
{
	struct unpack in = {body, false};

	*options = (struct parse_options){0};
	uint8_t input = unpack_u8(&in);
	options->input = (enum parse_input)input;
	options->tag_separator = (char)unpack_u8(&in);
	options->without_documents = unpack_bool(&in);
	options->action_prefixes = spans_read(&in, arena, &options->action_prefix_count);
	options->own_domains = spans_read(&in, arena, &options->own_domain_count);
	*mail = unpack_span(&in);
	if (!unpack_done(&in) || input > PARSE_HTML)
		return error_set(
			err, ERROR_INPUT, "parser request: damaged (%zu bytes)", body.size);
	return true;
}
