/*
 * money.h - amounts and account numbers as invoices write them.
 */
#ifndef PARSER_MONEY_H
#define PARSER_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* A decimal of XML ("-1234.5"), rounded to hundredths. False when it is none or too large. */
bool money_from_decimal(struct span text, int64_t *cents);
/*
 * An amount at the front of a text: "1.234,56", "1,234.56", "1 234,56", "1'234", "12". The last
 * separator with two digits behind it is the decimal one. *taken is how many bytes it takes.
 */
bool money_read(struct span text, int64_t *cents, size_t *taken);
/* The currency (ISO 4217) that a sign or code at the front of text names; empty: none. */
struct span money_currency(struct span text, size_t *taken);

/* An IBAN without spaces, in capitals, when it has the shape of one; else the empty span. */
struct span iban_clean(struct arena *arena, struct span text);
/* The check digits are right (ISO 13616, remainder 1 of 97) and so is the length of its country. */
bool iban_is_valid(struct span iban);

#endif
