/*
 * article.h - what was found out and is worth finding again, perhaps by a support case.
 */
#ifndef STORE_ARTICLE_H
#define STORE_ARTICLE_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct article {
	int64_t id;
	struct span title, body;
	int64_t case_id, author_id; /* 0: none */
	struct span author_name;    /* filled by reads */
	int64_t created_ms, changed_ms;
};

MUST_CHECK bool article_add(
	struct operation *operation, const struct article *article, int64_t *id, struct error *err);
/* Writes the fields that differ. */
MUST_CHECK bool article_edit(
	struct operation *operation, const struct article *article, struct error *err);
MUST_CHECK bool article_remove(struct operation *operation, int64_t id, struct error *err);
MUST_CHECK bool article_get(struct db *db, int64_t id, struct arena *arena, struct article *article,
	bool *found, struct error *err);
/* Those with this part in their title (empty: all), of this case (0: any). */
MUST_CHECK bool article_list(struct db *db, struct span title_part_folded, int64_t case_id,
	struct db_page page, struct arena *arena, struct article **rows, size_t *count,
	struct error *err);

#endif
