/*
 * json.h - values of the record as JSON (jansson): absent is null, times are RFC 3339, amounts
 * decimal strings. The caller owns each reference.
 */
#ifndef INGEST_JSON_H
#define INGEST_JSON_H

#include <jansson.h>

#include "base/date.h"
#include "base/span.h"

json_t *json_of_text(struct span text); /* empty: null */
json_t *json_of_id(int64_t id);		/* 0: null */
json_t *json_of_date(struct date date); /* not set: null */
json_t *json_of_cents(bool has, int64_t cents);
json_t *json_of_time(int64_t instant_ms, const char *zone); /* 0: null */

/* Sets keys of an object; takes the reference. */
static inline void json_put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

#endif
