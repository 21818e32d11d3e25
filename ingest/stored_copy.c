#include "ingest/stored_copy.h"

#include "base/compress.h"
#include "ingest/stored_facts.h"
#include "store/message.h"

static struct span body_of(struct span mail)
{
	struct span line;
	while (span_next_line(&mail, &line) && !span_is_empty(line))
		;
	return mail;
}

bool stored_copy_build(struct db *db, int64_t delivery_id, struct span mail, struct arena *arena,
	struct buffer *copy, bool *own, struct error *err)
{
	struct span header = {0};
	*own = false;
	if (!message_delivery_header(db, delivery_id, arena, &header, err))
		return false;
	if (span_is_empty(header))
		return true;
	if (!compress_unpack(copy, header, STORED_FACTS_MAX_BYTES, err))
		return false;
	if (!span_ends(buffer_span(copy), SPAN("\n\n")) &&
		!span_ends(buffer_span(copy), SPAN("\r\n\r\n")))
		buffer_append_string(copy, "\n");
	buffer_append(copy, body_of(mail));
	*own = true;
	return true;
}
