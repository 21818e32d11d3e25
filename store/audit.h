/*
 * audit.h - writing the audit. For store/ alone; reading it is in operation.h.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/record.h"

#define AUDIT_MADE    "+"
#define AUDIT_REMOVED "-"

MUST_CHECK bool audit_made(
	struct operation *operation, const struct noun *noun, int64_t id, struct error *err);
MUST_CHECK bool audit_removed(
	struct operation *operation, const struct noun *noun, int64_t id, struct error *err);
MUST_CHECK bool audit_changed(struct operation *operation, const struct noun *noun, int64_t id,
	unsigned field, const struct value *old_value, const struct value *new_value,
	struct error *err);

#endif
