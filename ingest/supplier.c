#include "ingest/supplier.h"

#include "base/text.h"
#include "ingest/match.h"
#include "ingest/participants.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/ticket.h"

#include <inttypes.h>

static bool author_find(struct plan *plan, struct supplier *supplier, struct error *err)
{
	struct mail *mail = plan->mail;
	if (!participants_author(mail, plan->route.kind, &supplier->author))
		return true;
	if (participants_uncertain(mail, plan->route.kind)) {
		supplier->author.rule = "none";
		supplier->author.evidence =
			SPAN("the forwarded mail was read with little certainty");
		return true;
	}
	return match_find(mail, &supplier->author, err);
}

/* The company that the address means, by its contact or its domain. */
static bool author_company(
	struct plan *plan, struct supplier *supplier, int64_t *company_id, struct error *err)
{
	struct contact contact;
	bool found = false;
	*company_id = supplier->author.company_id;
	if (!supplier->author.contact_id)
		return true;
	if (!contact_get(plan->mail->intake->db, supplier->author.contact_id, plan->mail->arena,
		    &contact, &found, err))
		return false;
	*company_id = found ? contact.company_id : 0;
	return true;
}

struct document_match {
	int64_t vat_company, iban_company;
	int vat_candidates, iban_candidates;
};

static bool document_find(struct plan *plan, const struct bill *bill,
	struct document_match *document, struct error *err)
{
	struct db *db = plan->mail->intake->db;
	if (bill->vat_id.size && !company_by_vat_id(db, bill->vat_id, &document->vat_company,
					 &document->vat_candidates, err))
		return false;
	if (bill->iban.size && !company_by_iban(db, bill->iban, &document->iban_company,
				       &document->iban_candidates, err))
		return false;
	return true;
}

static bool candidate_add(struct plan *plan, struct supplier *supplier, int64_t company_id,
	struct span rule, struct error *err)
{
	struct company company;
	bool found = false;
	for (size_t i = 0; i < supplier->candidate_count; i++) {
		if (supplier->candidates[i].company_id == company_id)
			return true;
	}
	if (!company_id)
		return true;
	if (!company_get(
		    plan->mail->intake->db, company_id, plan->mail->arena, &company, &found, err))
		return false;
	supplier->candidates[supplier->candidate_count++] = (struct match_candidate){
		.company_id = company_id, .name = found ? company.name : SPAN(""), .rule = rule};
	return true;
}

static void document_match_add(
	struct plan *plan, struct supplier *supplier, const char *rule, struct span evidence)
{
	struct match match = supplier->author;
	match.role = "document";
	match.contact_id = 0;
	match.company_id = supplier->company_id;
	match.rule = rule;
	match.evidence = evidence;
	match.score = 1.0;
	plan_add_match(plan, &match);
}

static void ask(struct supplier *supplier, const char *question, struct span why)
{
	supplier->company_id = supplier->contact_id = 0;
	supplier->question = question;
	supplier->why = why;
}

/* VAT id, IBAN and address in this order; any two that name different companies stop it. */
static bool decide(struct plan *plan, const struct bill *bill, struct supplier *supplier,
	const struct document_match *document, int64_t address_company, struct error *err)
{
	bool platform = false;
	if (bill->vat_id.size && supplier->author.folded.size &&
		!match_other_vat_id(plan->mail->intake->db, supplier->author.folded, bill->vat_id,
			&platform, err))
		return false;
	if (platform)
		address_company = 0;
	if (!candidate_add(plan, supplier, document->vat_company, SPAN("vat-id"), err) ||
		!candidate_add(plan, supplier, document->iban_company, SPAN("iban"), err) ||
		!candidate_add(plan, supplier, address_company, SPAN("address"), err))
		return false;
	supplier->company_id = supplier->candidate_count ? supplier->candidates[0].company_id : 0;
	supplier->contact_id = platform || document->vat_company || document->iban_company
				       ? 0
				       : supplier->author.contact_id;
	if (supplier->candidate_count > 1)
		ask(supplier, "supplier-disagrees",
			SPAN("VAT id, IBAN and sender mean different companies"));
	else if (document->vat_candidates > 1 || document->iban_candidates > 1)
		ask(supplier, "several-candidates",
			SPAN("several companies have this VAT id or IBAN"));
	else if (!supplier->company_id && !supplier->contact_id)
		ask(supplier, "supplier-unknown",
			platform ? SPAN("the sender bills for several suppliers and the document "
					"names none that is known")
				 : SPAN("neither VAT id, IBAN nor sender mean a known supplier"));
	return true;
}

static struct span name_of(const struct bill *bill, const struct supplier *supplier)
{
	if (bill->invoice && bill->invoice->seller.name.size)
		return bill->invoice->seller.name;
	/* papers rarely tell who sent them apart from whom they are for; the record knows */
	if (supplier->company_id && supplier->candidate_count && supplier->candidates[0].name.size)
		return supplier->candidates[0].name;
	if (supplier->author.name.size)
		return supplier->author.name;
	return supplier->author.folded;
}

bool supplier_find(
	struct plan *plan, const struct bill *bill, struct supplier *supplier, struct error *err)
{
	struct document_match document = {0};
	int64_t address_company = 0;

	*supplier = (struct supplier){0};
	supplier->candidates = arena_array(plan->mail->arena, struct match_candidate, 3);
	if (!author_find(plan, supplier, err) ||
		!author_company(plan, supplier, &address_company, err) ||
		!document_find(plan, bill, &document, err) ||
		!decide(plan, bill, supplier, &document, address_company, err))
		return false;
	supplier->name = name_of(bill, supplier);
	if (supplier->author.folded.size)
		plan_add_match(plan, &supplier->author);
	if (bill->vat_id.size)
		document_match_add(plan, supplier, "vat-id", bill->vat_id);
	if (document.iban_company)
		document_match_add(plan, supplier, "iban", bill->iban);
	return true;
}

/* The supplier as the record names it, and the account that a person wrote down for it. */
static bool record_of(struct intake *intake, struct arena *arena, const struct ticket *ticket,
	struct span *name, struct span *iban, struct error *err)
{
	struct company company;
	struct contact contact;
	bool found = false;

	*name = *iban = (struct span){0};
	if (ticket->supplier_id) {
		if (!company_get(intake->db, ticket->supplier_id, arena, &company, &found, err))
			return false;
		if (found) {
			*name = company.name;
			*iban = company.iban;
		}
		return true;
	}
	if (!contact_get(intake->db, ticket->supplier_contact_id, arena, &contact, &found, err))
		return false;
	if (found)
		*name = contact.name;
	return true;
}

bool supplier_iban_doubt(struct intake *intake, struct arena *arena, const struct ticket *ticket,
	struct span *doubt, struct error *err)
{
	struct ticket_iban_past past;
	struct span name, own, other;

	*doubt = (struct span){0};
	if ((!ticket->supplier_id && !ticket->supplier_contact_id) || span_is_empty(ticket->iban))
		return true;
	if (!record_of(intake, arena, ticket, &name, &own, err))
		return false;
	if (span_equal_fold(own, ticket->iban))
		return true;
	if (!ticket_iban_past(intake->db, ticket, arena, &past, err))
		return false;
	if (past.accepted)
		return true;
	other = own.size ? own : past.other;
	if (other.size)
		*doubt = arena_format(arena,
			"new IBAN %.*s: %.*s was paid to %.*s so far; ask the supplier by phone",
			SPAN_ARG(ticket->iban), SPAN_ARG(name), SPAN_ARG(other));
	else if (past.refused_id)
		*doubt = arena_format(arena,
			"new IBAN %.*s: ticket #%" PRId64 " of %.*s with it was held or dismissed; "
			"ask the supplier by phone",
			SPAN_ARG(ticket->iban), past.refused_id, SPAN_ARG(name));
	return true;
}
