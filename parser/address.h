/*
 * address.h - a lenient reader of address lists, for what a strict one gives up on: "a;b",
 * "a..b@docomo.example", "Foo [Bar] <a@b>", "a@b@c.example", a missing quote.
 */
#ifndef PARSER_ADDRESS_H
#define PARSER_ADDRESS_H

#include "base/arena.h"
#include "parser/facts.h"

/* Appends what looks like an address. Names are as written: not decoded, quotes taken off. */
void address_list_read(struct arena *arena, struct span value, struct facts_addresses *list);
/* Appends one, growing the list in the arena; false when ADDRESSES_MAX are there. */
bool address_list_add(
	struct arena *arena, struct facts_addresses *list, struct facts_address address);
/* The list is one plain mailbox: `a@b`, `<a@b>`, `Name <a@b>` or `"Name" <a@b>` in ASCII. */
bool address_read_plain(struct span value, struct facts_address *address);

#endif
