/*
 * merge.h - two records that are one: everything that refers to the one refers to the other then.
 */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "store/operation.h"

struct merge_result {
	int64_t moved;	 /* records that stand on the kept one now */
	int64_t dropped; /* activities that it had already: one mail is one activity on a contact */
};

/*
 * Everything of `other` goes to `keep`, what `keep` lacks is filled in from it, its name becomes an
 * alias, and it is removed. A deal that was current on both stays current on `keep` alone.
 * ERROR_CONFLICT when both companies have a VAT id and they differ. Inside the operation, which
 * undoes it.
 */
MUST_CHECK bool contact_merge(struct operation *operation, int64_t keep, int64_t other,
	struct merge_result *result, struct error *err);
MUST_CHECK bool company_merge(struct operation *operation, int64_t keep, int64_t other,
	struct merge_result *result, struct error *err);

#endif
