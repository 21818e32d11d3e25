#include "ingest/stored_facts.h"

#include "base/compress.h"
#include "store/message.h"

bool stored_facts_read(struct db *db, int64_t message_id, struct arena *arena, struct facts *facts,
	bool *found, struct error *err)
{
	struct span frame = {0};
	struct buffer plain = {0};
	struct error ignored = {0};

	*found = false;
	if (!message_facts_frame(db, message_id, arena, &frame, err))
		return false;
	if (span_is_empty(frame))
		return true;
	/* What cannot be unpacked was written by another version: as if it were not read. */
	*found = compress_unpack(&plain, frame, STORED_FACTS_MAX_BYTES, &ignored) &&
		 facts_read(buffer_span(&plain), arena, facts, &ignored);
	buffer_done(&plain);
	return true;
}
