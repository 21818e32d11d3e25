/* invoices: tickets, their suppliers, what joins them, what holds them. */
#include "ingest/bill_reading.h"
#include "ingest_fixture.h"

#define IBAN_A "DE89370400440532013000"
#define IBAN_B "NL91ABNA0417164300"

static const struct digest document_a = {{1}}, document_b = {{2}};

static struct facts_invoice invoice(const char *number, int64_t cents, const char *iban,
	const char *vat_id, struct digest document)
{
	return (struct facts_invoice){
		.source = INVOICE_UBL,
		.kind = INVOICE_INVOICE,
		.document = document,
		.number = {span_from(number), 1},
		.currency = {SPAN("EUR"), 1},
		.iban = {span_from(iban), 1},
		.issue_date = {2026, 11, 1},
		.due_date = {2026, 12, 1},
		.net = {true, cents - 100, 1},
		.tax = {true, 100, 1},
		.total = {true, cents, 1},
		.payable = {true, cents, 1},
		.seller = {.name = SPAN("Papier AG"), .vat_id = span_from(vat_id)},
	};
}

static int64_t bill(struct desk *d, const char *id, const char *from,
	const struct facts_invoice *invoices, size_t count)
{
	struct letter letter = {.id = id,
		.from = from,
		.to = "invoices@example.org",
		.subject = id,
		.invoices = invoices,
		.invoice_count = count};
	return desk_post(d, "invoices", &letter);
}

static int64_t supplier(
	struct desk *d, const char *name, const char *domain, const char *vat_id, const char *iban)
{
	struct company company = {.name = span_from(name),
		.role = SPAN("supplier"),
		.vat_id = span_from(vat_id),
		.iban = span_from(iban)};
	int64_t id;
	fixture_begin(&d->store, "company add");
	must(&d->store, company_add(&d->store.operation, &company, &id, &d->store.err));
	if (domain)
		must(&d->store, company_domain_add(
					&d->store.operation, id, span_from(domain), &d->store.err));
	fixture_commit(&d->store);
	return id;
}

static void test_fields(void **state)
{
	struct desk *d = *state;
	int64_t papier = supplier(d, "Papier AG", "papier.example", NULL, NULL);
	struct facts_invoice one = invoice("R-1", 11900, IBAN_A, "DE1", document_a);
	struct letter letter = {.id = "fields",
		.from = "Billing <b@papier.example>",
		.to = "invoices@example.org",
		.subject = "Rechnung",
		.invoices = &one,
		.invoice_count = 1};
	int64_t message = desk_post(d, "invoices", &letter);
	struct ticket ticket = desk_ticket(d, desk_ticket_of(d, message));
	assert_string_equal(desk_state(d, message), "filed");
	assert_span(ticket.direction, "payable");
	assert_span(ticket.kind, "invoice");
	assert_span(ticket.state, "open");
	assert_span(ticket.title, "Papier AG R-1");
	assert_span(ticket.number, "R-1");
	assert_span(ticket.currency, "EUR");
	assert_span(ticket.iban, IBAN_A);
	assert_span(ticket.assignee_name, "bert");
	assert_int_equal(ticket.supplier_id, papier);
	assert_int_equal(ticket.net_cents, 11800);
	assert_int_equal(ticket.total_cents, 11900);
	assert_int_equal(ticket.payable_cents, 11900);
	assert_int_equal(ticket.due_date.month, 12);
	assert_true(ticket.has_document);
	assert_memory_equal(&ticket.document, &document_a, sizeof document_a);
}

/* Who is the supplier: VAT id, IBAN, then the address; a person where they disagree. */
static void test_supplier(void **state)
{
	struct desk *d = *state;
	int64_t a = supplier(d, "A", "a.example", "DEAAA", IBAN_A);
	int64_t b = supplier(d, "B", "b.example", "DEBBB", IBAN_B);
	int64_t contact = desk_contact(d, "Chris", "chris@home.example", 0);
	static const struct {
		const char *vat_id, *iban, *from, *original;
		int company; /* 1 A, 2 B */
		bool contact;
		const char *item;
	} cases[] = {
		{"DEAAA", NULL, "x@a.example", NULL, 1, false, ""},
		{"DEAAA", NULL, "x@unknown.example", NULL, 1, false, ""},
		{NULL, IBAN_B, "x@unknown.example", NULL, 2, false, ""},
		{NULL, NULL, "x@b.example", NULL, 2, false, ""},
		{"DEAAA", NULL, "x@b.example", NULL, 0, false, "supplier-disagrees"},
		{NULL, IBAN_A, "x@b.example", NULL, 0, false, "supplier-disagrees"},
		{"DEAAA", IBAN_B, "x@unknown.example", NULL, 0, false, "supplier-disagrees"},
		{NULL, NULL, "x@unknown.example", NULL, 0, false, "supplier-unknown"},
		{"DEXXX", NULL, "y@unknown.example", NULL, 0, false, "supplier-unknown"},
		{NULL, NULL, "chris@home.example", NULL, 0, true, ""},
		/* A colleague forwards it: it is about the one who wrote the original. */
		{NULL, NULL, "anna@example.org", "x@b.example", 2, false, ""},
		{NULL, NULL, "anna@example.org", "who@unknown.example", 0, false,
			"supplier-unknown"},
		{NULL, NULL, "anna@example.org", NULL, 0, false, "supplier-unknown"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32];
		snprintf(id, sizeof id, "s%zu", i);
		struct facts_invoice one = invoice(id, 1000 + (int64_t)i, cases[i].iban,
			cases[i].vat_id, (struct digest){{(uint8_t)(20 + i)}});
		struct letter letter = {.id = id,
			.from = cases[i].from,
			.to = "invoices@example.org",
			.subject = id,
			.original_from = cases[i].original,
			.invoices = &one,
			.invoice_count = 1};
		int64_t message = desk_post(d, "invoices", &letter);
		struct ticket ticket = desk_ticket(d, desk_ticket_of(d, message));
		int64_t want = cases[i].company == 1 ? a : cases[i].company == 2 ? b : 0;
		if (ticket.supplier_id != want || strcmp(desk_item(d, message), cases[i].item) != 0)
			fail_msg("%s %s %s: supplier %lld, item %s", cases[i].vat_id, cases[i].iban,
				cases[i].from, (long long)ticket.supplier_id,
				desk_item(d, message));
		assert_int_equal(ticket.supplier_contact_id, cases[i].contact ? contact : 0);
	}
}

/* A sender who bills for several suppliers never decides. */
static void test_platform(void **state)
{
	struct desk *d = *state;
	supplier(d, "Shop", "shop.example", "DESHOP", NULL);
	struct facts_invoice one = invoice("1", 100, NULL, "DESHOP", (struct digest){{31}});
	struct facts_invoice two = invoice("2", 100, NULL, "DEOTHER", (struct digest){{32}});
	struct facts_invoice three = invoice("3", 100, NULL, "DESHOP", (struct digest){{33}});
	int64_t message = bill(d, "p1", "bot@shop.example", &one, 1);
	assert_string_equal(desk_state(d, message), "filed");
	message = bill(d, "p2", "bot@shop.example", &two, 1);
	assert_string_equal(desk_item(d, message), "supplier-unknown");
	assert_int_equal(desk_ticket(d, desk_ticket_of(d, message)).supplier_id, 0);
	message = bill(d, "p3", "bot@shop.example", &three, 1);
	assert_string_equal(desk_item(d, message), "");
}

static void test_joins(void **state)
{
	struct desk *d = *state;
	supplier(d, "Papier AG", "papier.example", "DE1", IBAN_A);
	struct facts_invoice first = invoice("R 2026/17", 11900, IBAN_A, "DE1", document_a);
	int64_t opened = bill(d, "j0@papier.example", "b@papier.example", &first, 1);
	int64_t ticket_id = desk_ticket_of(d, opened);
	struct {
		const char *name;
		struct facts_invoice invoice;
		const char *from, *answers;
		bool joins;
		const char *how, *state;
	} cases[] = {
		{"the same document again", first, "b@papier.example", NULL, true, "copy", "open"},
		{"the number again", invoice("R 2026/17", 11900, IBAN_A, "DE1", document_b),
			"b@papier.example", NULL, true, "copy", "open"},
		{"another number", invoice("R 2026/18", 11900, IBAN_A, "DE1", (struct digest){{3}}),
			"b@papier.example", NULL, false, "opened", "open"},
		{"another number in the same thread",
			invoice("R 2026/19", 500, IBAN_A, "DE1", (struct digest){{4}}),
			"b@papier.example", "j0@papier.example", false, "opened", "open"},
		{"the number of somebody else",
			invoice("R 2026/17", 11900, IBAN_B, "DE2", (struct digest){{5}}),
			"x@else.example", NULL, false, "opened", "open"},
		{"a reminder", invoice("R 2026/17", 11900, IBAN_A, "DE1", (struct digest){{6}}),
			"b@papier.example", NULL, true, "reminder", "open"},
		{"another amount", invoice("R 2026/17", 99900, IBAN_A, "DE1", (struct digest){{7}}),
			"b@papier.example", NULL, true, "version", "hold"},
	};
	cases[4].invoice.seller.name = SPAN("Anders BV");
	cases[5].invoice.kind = INVOICE_REMINDER;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char sql[160];
		struct letter letter = {.id = cases[i].name,
			.from = cases[i].from,
			.to = "invoices@example.org",
			.subject = cases[i].name,
			.answers = cases[i].answers,
			.invoices = &cases[i].invoice,
			.invoice_count = 1};
		int64_t message = desk_post(d, "invoices", &letter);
		int64_t joined = desk_ticket_of(d, message);
		if ((joined == ticket_id) != cases[i].joins)
			fail_msg("%s: ticket %lld", cases[i].name, (long long)joined);
		snprintf(sql, sizeof sql,
			"SELECT count(*) FROM ticket_message WHERE message_id = %lld AND how = "
			"'%s'",
			(long long)message, cases[i].how);
		assert_int_equal(desk_count(d, sql), 1);
		struct ticket ticket = desk_ticket(d, joined);
		if (!span_equal(ticket.state, span_from(cases[i].state)))
			fail_msg("%s: %.*s (%.*s)", cases[i].name, SPAN_ARG(ticket.state),
				SPAN_ARG(ticket.hold_reason));
	}
	/* Joining never overwrites. */
	struct ticket ticket = desk_ticket(d, ticket_id);
	assert_int_equal(ticket.payable_cents, 11900);
	assert_span(ticket.iban, IBAN_A);
	assert_memory_equal(&ticket.document, &document_a, sizeof document_a);
	assert_true(ticket.reminded_ms > 0);
	assert_non_null(strstr(arena_string(&d->store.arena, ticket.hold_reason), "999.00"));
}

/* A reply without a document joins by its thread; a terms sheet joins nothing. */
static void test_unread(void **state)
{
	struct desk *d = *state;
	static const struct facts_attachment pdf_a = {.filename = SPAN_INIT("a.pdf"),
		.content_type = SPAN_INIT("application/pdf"),
		.sha256 = {{41}}};
	static const struct facts_attachment pdf_terms[] = {
		{.filename = SPAN_INIT("terms.pdf"),
			.content_type = SPAN_INIT("application/pdf"),
			.sha256 = {{9}}},
		{.filename = SPAN_INIT("b.pdf"),
			.content_type = SPAN_INIT("application/pdf"),
			.sha256 = {{42}}},
	};
	static const struct facts_attachment pdf_other[] = {
		{.filename = SPAN_INIT("terms.pdf"),
			.content_type = SPAN_INIT("application/pdf"),
			.sha256 = {{9}}},
		{.filename = SPAN_INIT("c.pdf"),
			.content_type = SPAN_INIT("application/pdf"),
			.sha256 = {{43}}},
	};
	static const struct {
		struct letter letter;
		bool joins_first;
	} cases[] = {
		{{.id = "u1", .subject = "Invoice 5", .attachments = &pdf_a, .attachment_count = 1},
			false},
		{{.id = "u2",
			 .subject = "Fwd: Invoice 5",
			 .attachments = &pdf_a,
			 .attachment_count = 1},
			true},
		{{.id = "u3", .subject = "Re: Invoice 5", .answers = "u1"}, true},
		{{.id = "u4",
			 .subject = "Invoice 6",
			 .attachments = pdf_terms,
			 .attachment_count = 2},
			false},
		{{.id = "u5",
			 .subject = "Invoice 7",
			 .attachments = pdf_other,
			 .attachment_count = 2},
			false},
		{{.id = "u6", .subject = "Other", .attachments = &pdf_a, .attachment_count = 1},
			false},
	};
	int64_t first = 0;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct letter letter = cases[i].letter;
		letter.from = "b@papier.example";
		letter.to = "invoices@example.org";
		int64_t message = desk_post(d, "invoices", &letter);
		int64_t ticket = desk_ticket_of(d, message);
		first = first ? first : ticket;
		assert_true(ticket != 0);
		if (i && (ticket == first) != cases[i].joins_first)
			fail_msg("%s", letter.subject);
	}
}

static void test_new_iban(void **state)
{
	struct desk *d = *state;
	int64_t known = supplier(d, "Known", "known.example", NULL, IBAN_A);
	int64_t used = supplier(d, "Used", "used.example", NULL, NULL);
	static const struct {
		const char *from, *iban, *state;
	} cases[] = {
		{"b@known.example", IBAN_A, "open"},
		{"b@known.example", IBAN_B, "hold"},
		/* What is held itself is no proof. */
		{"b@known.example", IBAN_B, "hold"},
		{"b@used.example", IBAN_B, "open"},
		{"b@used.example", IBAN_B, "open"},
		{"b@used.example", "FR7630006000011234567890189", "hold"},
		{"b@unknown.example", IBAN_B, "open"},
	};
	(void)known;
	(void)used;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32];
		snprintf(id, sizeof id, "i%zu", i);
		struct facts_invoice one = invoice(
			id, 1000, cases[i].iban, NULL, (struct digest){{(uint8_t)(60 + i)}});
		/* The address decides here: an IBAN that means another company would disagree. */
		int64_t message = bill(d, id, cases[i].from, &one, 1);
		struct ticket ticket = desk_ticket(d, desk_ticket_of(d, message));
		if (!span_equal(ticket.state, span_from(cases[i].state)))
			fail_msg("%s %s: %.*s", cases[i].from, cases[i].iban,
				SPAN_ARG(ticket.state));
		if (strcmp(cases[i].state, "hold") == 0)
			assert_true(span_find(ticket.hold_reason, SPAN("new IBAN")) >= 0);
	}
}

/* Moves a ticket as a person does: dismissed, paid, released. */
static void ticket_becomes(struct desk *d, int64_t id, const char *now)
{
	struct ticket ticket = desk_ticket(d, id);
	ticket.state = span_from(now);
	ticket.hold_reason = SPAN("");
	fixture_begin(&d->store, "ticket");
	must(&d->store, ticket_edit(&d->store.operation, &ticket, &d->store.err));
	fixture_commit(&d->store);
}

struct iban_step {
	const char *iban, *state, *then; /* then: what a person makes of it, NULL: nothing */
};

static void iban_steps(
	struct desk *d, const char *from, const struct iban_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char id[64];
		snprintf(id, sizeof id, "%s-%zu", from, i);
		struct facts_invoice one = invoice(id, 1000 + 100 * (int64_t)i, steps[i].iban, NULL,
			(struct digest){{(uint8_t)(100 + i), (uint8_t)from[0]}});
		one.seller.vat_id = SPAN("");
		int64_t ticket_id = desk_ticket_of(d, bill(d, id, from, &one, 1));
		struct ticket ticket = desk_ticket(d, ticket_id);
		if (!span_equal(ticket.state, span_from(steps[i].state)))
			fail_msg("%s %s: %.*s (%.*s)", id, steps[i].iban, SPAN_ARG(ticket.state),
				SPAN_ARG(ticket.hold_reason));
		if (steps[i].then)
			ticket_becomes(d, ticket_id, steps[i].then);
	}
}

/* A dismissed ticket proves nothing; one that a person released or paid does. */
static void test_iban_proof(void **state)
{
	struct desk *d = *state;
	static const struct iban_step forged[] = {
		{IBAN_A, "open", "paid"},
		{IBAN_B, "hold", "dismissed"},
		{IBAN_B, "hold", "dismissed"},
		{IBAN_A, "open", NULL},
		{IBAN_B, "hold", "open"},
		{IBAN_B, "open", NULL},
	};
	static const struct iban_step first_forged[] = {
		{IBAN_B, "open", "dismissed"},
		{IBAN_B, "hold", "dismissed"},
		{IBAN_A, "open", NULL},
		{IBAN_A, "open", NULL},
		{IBAN_B, "hold", NULL},
	};
	supplier(d, "Company", "company.example", NULL, NULL);
	supplier(d, "Fresh", "fresh.example", NULL, NULL);
	desk_contact(d, "Sole trader", "z@sole.example", 0);
	desk_contact(d, "Other trader", "y@other.example", 0);
	iban_steps(d, "c@company.example", forged, ARRAY_COUNT(forged));
	iban_steps(d, "f@fresh.example", first_forged, ARRAY_COUNT(first_forged));
	/* A supplier without a company goes by the contact. */
	iban_steps(d, "z@sole.example", forged, ARRAY_COUNT(forged));
	iban_steps(d, "y@other.example", first_forged, ARRAY_COUNT(first_forged));
}

static void test_shapes(void **state)
{
	struct desk *d = *state;
	supplier(d, "Papier AG", "papier.example", NULL, NULL);
	struct facts_invoice several[3] = {
		invoice("1", 100, NULL, NULL, (struct digest){{71}}),
		invoice("2", 200, NULL, NULL, (struct digest){{72}}),
		invoice("3", 300, NULL, NULL, (struct digest){{73}}),
	};
	bill(d, "several", "b@papier.example", several, 3);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM ticket"), 3);

	/* XML and PDF of one invoice are one. */
	struct facts_invoice both[2] = {
		invoice("RE-4", 400, NULL, NULL, (struct digest){{74}}),
		invoice("re 4", 400, NULL, NULL, (struct digest){{75}}),
	};
	both[1].source = INVOICE_TEXT;
	int64_t message = bill(d, "both", "b@papier.example", both, 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM ticket"), 4);
	assert_int_equal(desk_ticket(d, desk_ticket_of(d, message)).document.bytes[0], 74);

	struct facts_invoice credit = invoice("5", 500, NULL, NULL, (struct digest){{76}});
	credit.kind = INVOICE_CREDIT_NOTE;
	message = bill(d, "credit", "b@papier.example", &credit, 1);
	struct ticket ticket = desk_ticket(d, desk_ticket_of(d, message));
	assert_span(ticket.kind, "credit-note");
	assert_int_equal(ticket.payable_cents, -500);

	/* What was read with little certainty decides nothing. */
	struct facts_invoice guess = invoice("1", 999, NULL, NULL, (struct digest){{77}});
	guess.source = INVOICE_TEXT;
	guess.number.confidence = 0.4;
	message = bill(d, "guess", "b@papier.example", &guess, 1);
	ticket = desk_ticket(d, desk_ticket_of(d, message));
	assert_span(ticket.number, "");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM ticket"), 6);

	/* A machine's mail with an invoice in it is an invoice. */
	struct facts_invoice robot = invoice("8", 800, NULL, NULL, (struct digest){{78}});
	struct letter letter = {.id = "robot",
		.from = "noreply@papier.example",
		.subject = "robot",
		.origin = ORIGIN_BULK,
		.invoices = &robot,
		.invoice_count = 1};
	message = desk_post(d, "invoices", &letter);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM ticket"), 7);
}

/* A scan that nobody can read, sent by the supplier's program: the ticket exists all the same. */
static void test_unread_document_of_a_machine(void **state)
{
	static const struct {
		const char *mailbox, *filename, *type;
		bool decorative;
		enum facts_origin origin;
		int64_t tickets;
	} cases[] = {
		{"invoices", "scan0001.pdf", "application/pdf", false, ORIGIN_SYSTEM, 1},
		{"invoices", "Invoice-118.pdf", "application/octet-stream", false, ORIGIN_BULK, 1},
		{"invoices", "Rechnung.PDF", "application/pdf", false, ORIGIN_LIST, 1},
		{"invoices", "xrechnung.xml", "text/xml", false, ORIGIN_SYSTEM, 1},
		{"invoices", "logo.png", "image/png", true, ORIGIN_SYSTEM, 0},
		{"invoices", "card.pdf", "application/pdf", true, ORIGIN_BULK, 0},
		/* What comes back to us is no bill. */
		{"invoices", "ours.pdf", "application/pdf", false, ORIGIN_BOUNCE, 0},
		{"invoices", "ours.pdf", "application/pdf", false, ORIGIN_AUTO_REPLY, 0},
		{"support", "news.pdf", "application/pdf", false, ORIGIN_BULK, 0},
	};
	struct desk *d = *state;
	int64_t tickets = 0;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct facts_attachment attachment = {
			.filename = span_from(cases[i].filename),
			.content_type = span_from(cases[i].type),
			.decorative = cases[i].decorative,
			.size_bytes = 5000,
			.sha256 = {{(unsigned char)(100 + i)}}};
		char id[40];
		struct letter letter = {.id = id,
			.from = "noreply@papier.example",
			.subject = id,
			.origin = cases[i].origin,
			.attachments = &attachment,
			.attachment_count = 1};

		snprintf(id, sizeof id, "scan%zu@papier.example", i);
		desk_post(d, cases[i].mailbox, &letter);
		tickets += cases[i].tickets;
		if (desk_count(d, "SELECT count(*) FROM ticket") != tickets)
			fail_msg("%s, origin %d", cases[i].filename, (int)cases[i].origin);
	}
}

/* Each shows the other; the credit note's own ticket is negative. */
static void test_credit_note(void **state)
{
	struct desk *d = *state;
	supplier(d, "Papier AG", "papier.example", NULL, NULL);
	struct facts_invoice billed = invoice("R-1", 11900, NULL, NULL, (struct digest){{81}});
	int64_t invoice_id = desk_ticket_of(d, bill(d, "r1", "b@papier.example", &billed, 1));
	struct facts_invoice credit = invoice("G-1", 11900, NULL, NULL, (struct digest){{82}});
	credit.kind = INVOICE_CREDIT_NOTE;
	credit.preceding = (struct facts_sure){SPAN("r 1"), 1};
	int64_t message = bill(d, "g1", "b@papier.example", &credit, 1);
	char sql[160];

	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM ticket_message WHERE message_id = %lld AND ticket_id = %lld "
		"AND how = 'credit'",
		(long long)message, (long long)invoice_id);
	assert_int_equal(desk_count(d, sql), 1);
	assert_int_equal(
		desk_count(d, "SELECT payable_cents FROM ticket WHERE number = 'G-1'"), -11900);
	assert_int_equal(desk_ticket(d, invoice_id).payable_cents, 11900);
	/* of an invoice that we don't have, or only a guess */
	credit.number.text = SPAN("G-2");
	credit.document = (struct digest){{83}};
	credit.source = INVOICE_TEXT;
	credit.preceding.confidence = 0.5;
	bill(d, "g2", "b@papier.example", &credit, 1);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM ticket_message WHERE how = 'credit'"), 1);
}

/* The credit note came first: its mail stands at the invoice as soon as there is one. */
static void test_credit_note_first(void **state)
{
	struct desk *d = *state;
	supplier(d, "Papier AG", "papier.example", NULL, NULL);
	supplier(d, "Stift AG", "stift.example", NULL, NULL);
	struct facts_invoice credit = invoice("G-7", 11900, NULL, NULL, (struct digest){{84}});
	credit.kind = INVOICE_CREDIT_NOTE;
	credit.preceding = (struct facts_sure){SPAN("R 7"), 1};
	int64_t message = bill(d, "g7", "b@papier.example", &credit, 1);
	struct facts_invoice other = invoice("R-7", 11900, NULL, NULL, (struct digest){{85}});
	bill(d, "s7", "b@stift.example", &other, 1);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM ticket_message WHERE how = 'credit'"), 0);
	struct facts_invoice billed = invoice("r-7", 11900, NULL, NULL, (struct digest){{86}});
	int64_t ticket = desk_ticket_of(d, bill(d, "r7", "b@papier.example", &billed, 1));
	char sql[160];

	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM ticket_message WHERE message_id = %lld AND ticket_id = %lld "
		"AND how = 'credit'",
		(long long)message, (long long)ticket);
	assert_int_equal(desk_count(d, sql), 1);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM ticket_message WHERE how = 'credit'"), 1);
	assert_span(desk_ticket(d, desk_ticket_of(d, message)).preceding, "R 7");
}

/* The surest document that says what the ticket has; nothing says what a person set. */
static void test_readings(void **state)
{
	struct desk *d = *state;
	struct facts_invoice two[] = {
		invoice("Q-1", 11900, NULL, NULL, (struct digest){{95}}),
		invoice("Q-1", 11900, NULL, NULL, (struct digest){{96}}),
	};
	two[1].source = INVOICE_TEXT;
	two[1].attachment = SPAN("q1.pdf");
	two[1].number.confidence = two[1].total.confidence = 0.75;
	two[0].number.confidence = 1;
	two[0].total.present = two[0].payable.present = false;
	int64_t id = desk_ticket_of(d, bill(d, "q1", "b@papier.example", two, 2));
	struct ticket ticket = desk_ticket(d, id);
	struct bill_reading *rows = NULL;
	size_t count = 0;
	bool number = false, total = false;

	ticket.number = SPAN("Q-1");
	ticket.has_total = true;
	ticket.total_cents = 11900;
	must(&d->store,
		bill_readings(d->store.db, &ticket, &d->store.arena, &rows, &count, &d->store.err));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].field, "number") == 0)
			number = rows[i].read && rows[i].source != INVOICE_TEXT &&
				 rows[i].confidence > 0.99;
		if (strcmp(rows[i].field, "total") == 0) {
			total = rows[i].read && rows[i].source == INVOICE_TEXT;
			assert_span(rows[i].attachment, "q1.pdf");
		}
	}
	assert_true(number && total);
	ticket.total_cents = 1;
	must(&d->store,
		bill_readings(d->store.db, &ticket, &d->store.arena, &rows, &count, &d->store.err));
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].field, "total") == 0)
			assert_false(rows[i].read);
}

/* The same amount twice within a week is a warning; the next month's bill is none. */
static void test_near_amount(void **state)
{
	struct desk *d = *state;
	supplier(d, "Papier AG", "papier.example", NULL, NULL);
	static const struct {
		const char *number;
		struct date issued;
		int64_t cents;
		bool warns;
	} cases[] = {
		{"N-1", {2026, 11, 1}, 5000, false},
		{"N-2", {2026, 11, 8}, 5000, true},
		{"N-3", {2026, 11, 3}, 5001, false},
		{"N-4", {2026, 12, 1}, 5000, false},
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct facts_invoice one = invoice(cases[i].number, cases[i].cents, NULL, NULL,
			(struct digest){{(unsigned char)(90 + i)}});

		one.issue_date = cases[i].issued;
		struct ticket ticket = desk_ticket(d,
			desk_ticket_of(d, bill(d, cases[i].number, "b@papier.example", &one, 1)));
		assert_span(ticket.state, "open");
		if ((ticket.hold_reason.size > 0) != cases[i].warns)
			fail_msg("%s: %.*s", cases[i].number, SPAN_ARG(ticket.hold_reason));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_fields),
		desk_test(test_supplier),
		desk_test(test_platform),
		desk_test(test_joins),
		desk_test(test_unread),
		desk_test(test_new_iban),
		desk_test(test_iban_proof),
		desk_test(test_shapes),
		desk_test(test_unread_document_of_a_machine),
		desk_test(test_credit_note),
		desk_test(test_credit_note_first),
		desk_test(test_readings),
		desk_test(test_near_amount),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
