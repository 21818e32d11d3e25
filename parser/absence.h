/*
 * absence.h - what an out-of-office note says: from when its sender is there again, and whom to
 * write to meanwhile. In English, German, Dutch and French.
 */
#ifndef PARSER_ABSENCE_H
#define PARSER_ABSENCE_H

#include "parser/facts.h"

/*
 * Fills facts->absence of an auto-reply from its reply_text; nothing for any other origin. "until
 * Friday" is taken as the day of return, "until Friday inclusive" as the day before it. Days count
 * from the mail's Date; without one only those with a year are read.
 */
void absence_read(struct arena *arena, struct facts *facts);

#endif
