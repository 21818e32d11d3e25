/*
 * quoted_value.h - values of header lines that a mail program wrote into a text: addresses as
 * people see them ("Anna [mailto:a@b.example]", "Anna on behalf of …").
 */
#ifndef PARSER_QUOTED_VALUE_H
#define PARSER_QUOTED_VALUE_H

#include "parser/facts.h"

/* The sender; an address that is not there stays empty. */
struct facts_address quoted_sender(struct arena *arena, struct span value);
struct facts_addresses quoted_recipients(struct arena *arena, struct span value);

#endif
