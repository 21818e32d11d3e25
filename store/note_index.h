/*
 * note_index.h - the search index of what people wrote: notes, calls, meetings and articles. For
 * store/ alone.
 */
#ifndef STORE_NOTE_INDEX_H
#define STORE_NOTE_INDEX_H

#include "store/db.h"

/* The row was made, changed or removed: its noun's `changed`. What a mail brought is not in it. */
MUST_CHECK bool note_index_activity(struct db *db, int64_t id, struct error *err);
MUST_CHECK bool note_index_article(struct db *db, int64_t id, struct error *err);
/* From the rows as they are: of texts that were erased no word is left in its pages. */
MUST_CHECK bool note_index_rebuild(struct db *db, struct error *err);

#endif
