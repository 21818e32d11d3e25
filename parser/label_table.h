/*
 * label_table.h - the words that label.h looks for, by language: what mail programs call the fields
 * of a header block, what they write above a forwarded or quoted mail, and what they put in front
 * of a subject. Adding a language is adding rows.
 */
#ifndef PARSER_LABEL_TABLE_H
#define PARSER_LABEL_TABLE_H

#include "parser/label.h"

struct label_row {
	enum label_kind kind;
	const char *words; /* separated by '|' */
};
extern const struct label_row label_rows[];
extern const size_t label_row_count;
#define LABEL_WORDS_MAX 1024 /* in all rows */

/* Stems: compared without case anywhere in a marker line. */
extern const struct span label_forward_stems[], label_original_stems[];
extern const size_t label_forward_stem_count, label_original_stem_count;

struct prefix_word {
	struct span word;
	enum label_prefix prefix;
};
extern const struct prefix_word label_prefixes[];
extern const size_t label_prefix_count;

#endif
