/* Who may write: forged fields in every place that a sender can reach. */
#include "ingest_fixture.h"

#include "config/index.h"
#include "ingest/policy_survey.h"

#define MX                                                                                       \
	"Received: from out.example.com (out.example.com [192.0.2.1]) by mail.example.org with " \
	"ESMTPS\n"
#define LMTP	  "Received: from mail.example.org by mail.example.org with LMTP\n"
#define RELAY	  "Received: from mail.example.org by in.relay.example.net with ESMTP\n"
#define OUTSIDE	  "Received: from x.example.com by out.example.com with ESMTPSA\n"
#define SUBMITTED "Received: from laptop (dsl [198.51.100.7]) by mail.example.org with ESMTPSA\n"
#define FILTERED  "Received: from localhost (localhost [127.0.0.1]) by mail.example.org with ESMTP\n"
#define HELO_LIE                                                                               \
	"Received: from [127.0.0.1] (evil.example.com [192.0.2.66]) by mail.example.org with " \
	"ESMTP\n"
/* qmail and Exchange write the client's address without brackets, some servers not at all. */
#define HELO_QMAIL \
	"Received: from unknown (HELO [127.0.0.1]) (192.0.2.66) by mail.example.org with SMTP\n"
#define HELO_EXCHANGE                                                                            \
	"Received: from [127.0.0.1] (192.0.2.66) by mail.example.org (10.0.0.5) with Microsoft " \
	"SMTP Server\n"
#define HELO_SIX   "Received: from [IPv6:::1] (2001:db8::66) by mail.example.org with ESMTP\n"
#define HELO_ALONE "Received: from [127.0.0.1] by mail.example.org with ESMTP\n"
#define FILTERED_EXIM \
	"Received: from [127.0.0.1] (port=10025 helo=filter) by mail.example.org with esmtp\n"
/* Gmail names its own last hop by an address: 2002:a00::/24 is 10.0.0.0/8 in 6to4 (RFC 3056). */
#define GMAIL	    "Received: by 2002:a05:6402:40cb:b0:5a2:: with SMTP id ab12csp345\n"
#define SIX_OTHER   "Received: by 2002:b05:6402:40cb:b0:5a2:: with SMTP id ab12csp345\n"
#define SIX_RANGE   "Received: by 2002:a00::/24 with SMTP id ab12csp345\n"
#define RESULT(x)   "Authentication-Results: mx.example.org; " x "\n"
#define OTHER_ID(x) "Authentication-Results: mx.evil.example; " x "\n"

static const struct {
	const char *mailbox, *header, *state, *rule; /* rule: a part of it */
} cases[] = {
	/* ---- authserv-id: what passes */
	{"auth", RESULT("dmarc=pass header.from=example.org") MX, "filed", "dmarc=pass"},
	{"auth", MX RESULT("dmarc=pass header.from=example.org"), "filed", "dmarc=pass"},
	{"auth", LMTP MX RESULT("dkim=pass header.d=example.org"), "filed", "dkim=pass"},
	{"auth", RESULT("dkim=pass header.d=mail.example.org") MX, "filed", "dkim=pass"},
	{"auth", RESULT("dkim=pass header.i=@example.org") MX, "filed", "dkim=pass"},
	{"auth", RESULT("spf=pass smtp.mailfrom=anna@example.org") MX, "filed", "spf=pass"},
	{"auth",
		RESULT("dmarc=fail header.from=example.org; spf=pass smtp.mailfrom=example.org") MX,
		"filed", "spf=pass"},
	{"auth", "authentication-results: MX.Example.ORG; dmarc=pass header.from=example.org\n" MX,
		"filed", "dmarc=pass"},
	{"auth", RELAY RESULT("dmarc=pass header.from=example.org"), "filed", "dmarc=pass"},
	{"auth", GMAIL RESULT("dmarc=pass header.from=example.org") MX, "filed", "dmarc=pass"},
	/* ---- what does not */
	{"auth", SIX_OTHER RESULT("dmarc=pass header.from=example.org") MX, "quarantined",
		"2002:b05:6402:40cb:b0:5a2::, which is none of organisation.hosts"},
	{"auth", SIX_RANGE RESULT("dmarc=pass header.from=example.org") MX, "quarantined",
		"none of organisation.hosts"},
	{"auth", MX, "quarantined", "no Authentication-Results of mx.example.org"},
	{"auth", "", "quarantined", "no Authentication-Results"},
	{"auth", RESULT("dmarc=fail header.from=example.org") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("dmarc=pass header.from=evil.example") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("dkim=pass header.d=evil.example") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("dkim=pass header.d=notexample.org") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("dkim=pass header.d=org") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("spf=pass smtp.mailfrom=evil.example") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("spf=pass smtp.helo=example.org") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("dkim=neutral header.d=example.org") MX, "quarantined", "neither DMARC"},
	{"auth", RESULT("none") MX, "quarantined", "neither DMARC"},
	{"auth", OTHER_ID("dmarc=pass header.from=example.org") MX, "quarantined",
		"no Authentication-Results of mx.example.org"},
	/* Exchange writes its results without an id; ARC's are about the hop before. */
	{"auth",
		"Authentication-Results: spf=pass smtp.mailfrom=example.org; dmarc=pass "
		"header.from=example.org\n" MX,
		"quarantined", "no Authentication-Results of mx.example.org"},
	{"auth",
		"ARC-Authentication-Results: i=1; mx.example.org; dmarc=pass "
		"header.from=example.org\n" MX,
		"quarantined", "no Authentication-Results of mx.example.org"},
	{"auth", "X-Authentication-Results: mx.example.org; dmarc=pass\n" MX, "quarantined",
		"no Authentication-Results of mx.example.org"},
	/* A domain of ours, but not the sender's; a host that only begins like ours. */
	{"auth", RESULT("dkim=pass header.d=example.net") MX, "quarantined", "neither DMARC"},
	{"auth",
		"Received: from a by mail.example.org.evil.example with ESMTPS\n" RESULT(
			"dmarc=pass header.from=example.org"),
		"quarantined", "mail.example.org.evil.example, which is none of"},
	/* The sender's own forged field below the server's true one. */
	{"auth",
		RESULT("dmarc=fail header.from=example.org")
			MX RESULT("dmarc=pass header.from=example.org"),
		"quarantined", "neither DMARC"},
	/* It came along through somebody else's server. */
	{"auth", MX OUTSIDE RESULT("dmarc=pass header.from=example.org"), "quarantined",
		"none of organisation.hosts"},
	{"auth", OUTSIDE RESULT("dmarc=pass header.from=example.org"), "quarantined",
		"none of organisation.hosts"},
	/* Our server checks nothing of its own users: the submitter wrote it. */
	{"auth", SUBMITTED RESULT("dmarc=pass header.from=example.org"), "quarantined",
		"may have written it"},
	{"auth",
		"Authentication-Results: (a \\) comment) mx.example.org 1; none\n" MX RESULT(
			"dmarc=pass header.from=example.org"),
		"quarantined", "neither DMARC"},

	/* ---- submission */
	{"submit", SUBMITTED, "filed", "ESMTPSA"},
	{"submit", "Received: from a by mail.example.org with ESMTPA\n", "filed", "ESMTPA"},
	{"submit", "Received: from a by mail.example.org with UTF8SMTPSA\n", "filed", "UTF8SMTPSA"},
	{"submit", LMTP SUBMITTED, "filed", "ESMTPSA"},
	{"submit", LMTP FILTERED SUBMITTED, "filed", "ESMTPSA"},
	{"submit", MX, "quarantined", "not from a user who logged in"},
	{"submit", MX OUTSIDE, "quarantined", "not from a user who logged in"},
	{"submit", MX SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", OUTSIDE SUBMITTED, "quarantined", "none of organisation.hosts"},
	{"submit", OUTSIDE, "quarantined", "none of organisation.hosts"},
	{"submit", HELO_LIE SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", HELO_QMAIL SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", HELO_EXCHANGE SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", HELO_SIX SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", HELO_ALONE SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", FILTERED_EXIM SUBMITTED, "filed", "ESMTPSA"},
	{"submit", RELAY SUBMITTED, "quarantined", "not from a user who logged in"},
	{"submit", "", "quarantined", "no Received field"},
	{"submit", "Received: from a by mail.example.org.evil.example with ESMTPSA\n",
		"quarantined", "none of organisation.hosts"},

	/* ---- exchange-internal */
	{"exchange", "X-MS-Exchange-Organization-AuthAs: Internal\n", "filed", "Internal"},
	{"exchange", "X-MS-Exchange-Organization-AuthAs: Anonymous\n", "quarantined", "Anonymous"},
	{"exchange",
		"X-MS-Exchange-Organization-AuthAs: Anonymous\n"
		"X-MS-Exchange-Organization-AuthAs: Internal\n",
		"quarantined", "Anonymous"},
	{"exchange", "", "quarantined", "no X-MS-Exchange-Organization-AuthAs"},

	/* ---- header */
	{"header", "X-Inside: sesame\n" MX, "filed", "X-Inside"},
	{"header", MX "x-inside: sesame\n", "filed", "X-Inside"},
	{"header", "X-Inside: wrong\n" MX "X-Inside: sesame\n", "quarantined", "another value"},
	{"header", MX OUTSIDE "X-Inside: sesame\n", "quarantined", "none of organisation.hosts"},
	{"header", MX, "quarantined", "no field X-Inside"},

	/* ---- none */
	{"crm", "", "filed", "nothing is checked"},
};

static void test_policies(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32];
		snprintf(id, sizeof id, "p%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = "anna@example.org",
			.to = "erik@wit.example",
			.subject = id,
			.header = cases[i].header};
		int64_t message = desk_post(d, cases[i].mailbox, &letter);
		const char *rule = desk_rule(d, message);
		if (strcmp(desk_state(d, message), cases[i].state) != 0 ||
			!strstr(rule, cases[i].rule))
			fail_msg("%s, header:\n%sis %s by \"%s\"", cases[i].mailbox,
				cases[i].header, desk_state(d, message), rule);
		if (strcmp(cases[i].state, "quarantined") == 0) {
			char sql[120];
			snprintf(sql, sizeof sql,
				"SELECT count(*) FROM activity WHERE message_id = %lld",
				(long long)message);
			assert_int_equal(desk_count(d, sql), 0);
		}
	}
}

/* Nobody knows our own hosts: then only what stands above every Received field is the server's. */
static void test_header_without_hosts(void **state)
{
	struct desk *d = *state;
	static const struct {
		const char *header, *state;
	} fields[] = {
		{"X-Inside: sesame\n", "filed"},
		{"X-Inside: sesame\n" MX, "filed"},
		{MX "X-Inside: sesame\n", "quarantined"},
		{OUTSIDE "X-Inside: sesame\n", "quarantined"},
		{"Received: from a with SMTP\nX-Inside: sesame\n", "quarantined"},
	};
	desk_contact(d, "Erik", "erik@wit.example", 0);
	d->config->index->own_hosts.count = 0;
	d->config->index->own_network_count = 0;
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		char id[32];
		snprintf(id, sizeof id, "h%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = "anna@example.org",
			.to = "erik@wit.example",
			.subject = id,
			.header = fields[i].header};
		int64_t message = desk_post(d, "header", &letter);
		if (strcmp(desk_state(d, message), fields[i].state) != 0)
			fail_msg("%sis %s by %s", fields[i].header, desk_state(d, message),
				desk_rule(d, message));
	}
}

/* The check vouches for a sender; he must also be one who may write. */
static void test_senders(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct {
		const char *mailbox, *from, *state, *rule;
	} senders[] = {
		{"crm", "Anna <ANNA@example.org>", "filed", ""},
		{"crm", "a.smit@example.net", "filed", ""},
		{"crm", "stranger@far.example", "quarantined", "no user's address"},
		{"crm", "nobody@example.org", "quarantined", "no user's address"},
		{"crm", "anna@example.org, bert@example.org", "quarantined", "exactly one From"},
		{"crm", "", "quarantined", "exactly one From"},
		{"board", "anna@example.org", "filed", ""},
		{"board", "bert@example.org", "quarantined", "not in may_write"},
		{"invoices", "stranger@far.example", "waiting", ""},
		{"support", "stranger@far.example", "waiting", ""},
	};
	for (size_t i = 0; i < ARRAY_COUNT(senders); i++) {
		char id[32];
		snprintf(id, sizeof id, "s%zu@example.org", i);
		struct letter letter = {
			.id = id, .from = senders[i].from, .to = "erik@wit.example", .subject = id};
		int64_t message = desk_post(d, senders[i].mailbox, &letter);
		assert_string_equal(desk_state(d, message), senders[i].state);
		assert_non_null(strstr(desk_rule(d, message), senders[i].rule));
	}
}

/* Two From fields: the check spoke of one of them, the eye sees the other. */
static void test_two_from_fields(void **state)
{
	struct desk *d = *state;
	struct letter letter = {.id = "two@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "two",
		.header = "From: evil@evil.example\n"};
	int64_t message = desk_post(d, "crm", &letter);
	assert_string_equal(desk_state(d, message), "quarantined");
}

static void test_secret_tag(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct {
		const char *from, *to, *envelope, *state, *item;
	} tags[] = {
		{"anna@example.org", "erik@wit.example", "secret+geheim7@example.org", "filed", ""},
		{"anna@example.org", "erik@wit.example", "secret+GEHEIM7.2w@example.org", "filed",
			""},
		{"anna@example.org", "erik@wit.example", "secret@example.org", "quarantined", ""},
		{"anna@example.org", "erik@wit.example", "secret+2w@example.org", "quarantined",
			""},
		{"anna@example.org", "erik@wit.example", "secret+geheim@example.org", "quarantined",
			""},
		{"anna@example.org", "erik@wit.example", "secret+geheim77@example.org",
			"quarantined", ""},
		{"carla@example.org", "erik@wit.example", "secret+geheim7@example.org",
			"quarantined", ""},
		{"erik@wit.example", "erik@wit.example", "secret+geheim7@example.org",
			"quarantined", ""},
		/* Another mailbox's tag, leaked or tried: it is not the key to this one. */
		{"anna@example.org", "erik@wit.example, second+zweites9@example.org",
			"secret@example.org", "quarantined", ""},
		{"carla@example.org", "erik@wit.example, second+zweites9@example.org",
			"secret+zweites9@example.org", "quarantined", ""},
		{"anna@example.org", "erik@wit.example, second+zweites9@example.org",
			"secret+geheim7@example.org", "filed", ""},
		/* A reply to all: the tag is out. */
		{"anna@example.org", "erik@wit.example, secret+geheim7@example.org",
			"secret+geheim7@example.org", "waiting", "rotate-tag"},
		{"erik@wit.example", "anna@example.org, secret+geheim7.2w@example.org",
			"secret+geheim7.2w@example.org", "waiting", "rotate-tag"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(tags); i++) {
		char id[32];
		snprintf(id, sizeof id, "t%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = tags[i].from,
			.to = tags[i].to,
			.subject = "geheim7 in the subject",
			.text = "and secret+geheim7@example.org in the text",
			.header = "Delivered-To: secret+geheim7@example.org\n",
			.envelope = tags[i].envelope};
		letter.subject = id;
		int64_t message = desk_post(d, "secret", &letter);
		if (strcmp(desk_state(d, message), tags[i].state) != 0)
			fail_msg("%s: %s by %s", tags[i].envelope, desk_state(d, message),
				desk_rule(d, message));
		assert_string_equal(desk_item(d, message), tags[i].item);
		assert_true(facts_hold(d, message, "erik@wit.example"));
		assert_false(facts_hold(d, message, "geheim7@"));
		assert_false(facts_hold(d, message, "geheim7.2w"));
	}
	/* The second secret is found in the first one's mail as well. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message_address WHERE "
				       "address_folded LIKE '%zweites9%'"),
		0);
	/* A report that our own mail could not be delivered names the address too. */
	static const struct facts_bounced bounced[] = {
		{.address = SPAN_INIT("secret+geheim7@example.org"),
			.reason = SPAN_INIT("550 <secret+geheim7@example.org> unknown")}};
	struct letter report = {.id = "bounced@example.com",
		.from = "mailer-daemon@example.com",
		.to = "anna@example.org",
		.subject = "bounced",
		.origin = ORIGIN_BOUNCE,
		.bounced = bounced,
		.bounced_count = 1};
	assert_false(facts_hold(d, desk_post(d, "support", &report), "geheim7"));
	/* Follow-ups were read behind the secret, once. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 1);
	/* And the secret lies nowhere in the record. */
	static const char *const columns[] = {
		"route WHERE address || rule",
		"message_address WHERE address_folded",
		"message WHERE subject",
		"unresolved WHERE address || detail",
		"task WHERE title || coalesce(source_key, '')",
		"audit WHERE coalesce(new_value, '')",
		"operation WHERE summary",
	};
	for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
		char sql[200];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s LIKE '%%geheim7%%'", columns[i]);
		assert_int_equal(desk_count(d, sql), 0);
	}
}

/* What `doctor` says of the mails that came in our users' names. */
static void test_survey(void **state)
{
	struct desk *d = *state;
	static const struct {
		const char *mailbox, *from, *header, *envelope;
	} mails[] = {
		{"submit", "anna@example.org", SUBMITTED, ""},
		{"submit", "anna@example.org", LMTP SUBMITTED, ""},
		{"submit", "bert@example.org", RESULT("dmarc=pass header.from=example.org") MX, ""},
		{"submit", "bert@example.org", OTHER_ID("dmarc=pass header.from=example.org") MX,
			""},
		{"submit", "stranger@far.example", SUBMITTED, ""},
		{"header", "anna@example.org", "X-Inside: sesame\n" MX, ""},
		{"header", "anna@example.org", "X-MS-Exchange-Organization-AuthAs: Internal\n", ""},
		{"secret", "anna@example.org", MX, "secret+geheim7@example.org"},
		{"secret", "bert@example.org", MX, "secret+geheim8@example.org"},
	};
	static const struct {
		const char *mailbox;
		int64_t mails, configured, submission, exchange;
		size_t ids;
		const char *id;
		int64_t passed;
	} wanted[] = {
		{"submit", 4, 2, 2, 0, 2, "mx.example.org", 1},
		{"header", 2, 1, 0, 1, 0, "", 0},
		{"secret", 2, 1, 0, 0, 0, "", 0},
		{"board", 0, 0, 0, 0, 0, "", 0},
	};
	for (size_t i = 0; i < ARRAY_COUNT(mails); i++) {
		char id[32];
		snprintf(id, sizeof id, "v%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = mails[i].from,
			.to = "erik@wit.example",
			.subject = id,
			.header = mails[i].header,
			.envelope = mails[i].envelope};
		desk_post(d, mails[i].mailbox, &letter);
	}
	for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
		struct policy_survey survey;
		must(&d->store,
			policy_survey(d->intake, config_mailbox(d->config, wanted[i].mailbox), 100,
				&d->store.arena, &survey, &d->store.err));
		assert_int_equal(survey.mails, wanted[i].mails);
		assert_int_equal(survey.configured, wanted[i].configured);
		assert_int_equal(survey.submission, wanted[i].submission);
		assert_int_equal(survey.exchange_internal, wanted[i].exchange);
		assert_int_equal(survey.authserv_count, wanted[i].ids);
		for (size_t a = 0; a < survey.authserv_count; a++) {
			if (span_equal(survey.authserv[a].id, span_from(wanted[i].id)))
				assert_int_equal(survey.authserv[a].passed, wanted[i].passed);
		}
	}
}

/* However many a sender names, a person is asked once. */
static void test_flood_of_recipients(void **state)
{
	struct desk *d = *state;
	char *list = malloc(400 * 32);
	size_t size = 0;
	for (int i = 0; i < 399; i++)
		size += (size_t)snprintf(list + size, 32, "%sr%d@flood.example", i ? "," : "", i);
	struct letter letter = {.id = "flood@example.org",
		.from = "anna@example.org",
		.to = list,
		.subject = "flood",
		.envelope = "crm+2w@example.org"};
	int64_t message = desk_post(d, "crm", &letter);
	assert_string_equal(desk_item(d, message), "many-recipients");
	struct letter forged = {.id = "forged@example.org",
		.from = "evil@far.example",
		.to = list,
		.subject = "flood"};
	message = desk_post(d, "crm", &forged);
	assert_string_equal(desk_state(d, message), "quarantined");
	assert_string_equal(desk_item(d, message), "");
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_policies),
		desk_test(test_header_without_hosts),
		desk_test(test_senders),
		desk_test(test_two_from_fields),
		desk_test(test_secret_tag),
		desk_test(test_survey),
		desk_test(test_flood_of_recipients),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
