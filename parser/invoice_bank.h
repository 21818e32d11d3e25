/*
 * invoice_bank.h - accounts and registrations in a document, each with its check digits.
 */
#ifndef PARSER_INVOICE_BANK_H
#define PARSER_INVOICE_BANK_H

#include "parser/invoice_label.h"

/* IBAN, BIC, VAT ids and payment reference of rows [first, end). */
void invoice_bank_read(struct arena *arena, const struct paper *paper,
	const struct invoice_claims *claims, size_t first, size_t end,
	struct facts_invoice *invoice);

/* Its country is known, so is its length there, and its check digits are right where we know how.
 */
bool vat_id_is_valid(struct span id);

#endif
