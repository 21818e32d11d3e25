/*
 * day.h - days as people write them in a sentence, in English, German, Dutch and French: "Friday",
 * "3. Dezember", "2026-12-03", "03-12-2026", "in twee weken", "fin du mois".
 */
#ifndef PARSER_DAY_H
#define PARSER_DAY_H

#include <stdbool.h>

#include "base/date.h"
#include "base/span.h"

/*
 * The day at the front of text, counted from `from`. *taken is how many bytes it takes. A day
 * without a year is the next such day; a weekday is the next one strictly after `from`. Day stands
 * before month. False when no day stands there.
 */
bool day_read(struct span text, struct date from, struct date *day, size_t *taken);

/*
 * The same where `from` may be missing (not set): then only a day counts that is the same whatever
 * it is counted from, which is one that has its year.
 */
bool day_read_certain(struct span text, struct date from, struct date *day, size_t *taken);

#endif
