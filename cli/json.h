/*
 * json.h - jansson with our spans: building objects, and writing them so that a terminal and a
 * browser are safe. Jansson's own words otherwise.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buffer.h"
#include "base/span.h"

/* A string, made valid UTF-8 where it is not. */
json_t *json_span(struct span text);
/* A string, or null when it is empty. */
json_t *json_span_or_null(struct span text);
/* An integer, or null when it is 0. */
json_t *json_id(int64_t id);
/* {"id": id, "name": name}, or null when id is 0. */
json_t *json_reference(int64_t id, struct span name);
/* The value at "contact.name", which goes down into objects; NULL when there is none. */
const json_t *json_at(const json_t *object, const char *key);
/*
 * Appends the value. Beside what JSON demands, DEL, C1 and bidi controls are written as \uXXXX: a
 * terminal would obey them.
 */
void json_write(struct buffer *out, const json_t *value, bool compact);

#endif
