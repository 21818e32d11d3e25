/*
 * triage.c - `postroom triage`: the queue of what could not be decided, one item after the other,
 * a key for each answer. Every answer shows first what it touches.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/keys.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/resolution.h"
#include "ingest/stored_facts.h"
#include "store/setting.h"

#define SUGGESTIONS_MAX 9 /* one digit each */
#define TOUCHED_SHOWN	8 /* the screen has 24 lines */
#define TEXT_LINES	12
#define TEXT_WIDTH	76

struct triage {
	struct cli *cli;
	struct unresolved item;
	struct resolve_suggestion *suggestions;
	size_t suggestion_count;
	int64_t position;	/* the item behind which the next one is looked for */
	int64_t last_operation; /* of this run, that `u` takes back; 0: none */
	size_t settled, skipped;
	bool ended;
};

/* What a key leads to: the next item, or the same one again. */
enum step { STEP_NEXT, STEP_AGAIN, STEP_FAILED };

/* ---------------------------------------------------------------- the screen */

/* Now, not at the end of the command. */
static void show(struct triage *triage)
{
	struct error err;

	if (!output_flush(&triage->cli->output, &err))
		triage->ended = true;
}

static void ask(struct triage *triage, const char *question)
{
	buffer_append_string(&triage->cli->output.text, question);
	buffer_append_byte(&triage->cli->output.text, ' ');
	show(triage);
}

static void show_suggestions(struct triage *triage)
{
	for (size_t i = 0; i < triage->suggestion_count; i++) {
		const struct resolve_suggestion *row = &triage->suggestions[i];

		output_line(&triage->cli->output, "  %zu  %.*s (%s #%" PRId64 "): %.*s", i + 1,
			SPAN_ARG(row->name), row->contact_id ? "contact" : "company",
			row->contact_id ? row->contact_id : row->company_id, SPAN_ARG(row->why));
	}
}

static bool show_item(struct triage *triage, struct error *err)
{
	const struct unresolved *item = &triage->item;
	struct cli *cli = triage->cli;
	struct unresolved_count waiting;
	const char *subject;
	json_t *object;

	if (!unresolved_waiting(cli->db, &waiting, err) ||
		!resolution_item_json(cli, item, &object, err))
		return false;
	subject = json_string_value(json_object_get(object, "subject"));
	output_heading(&cli->output, "#%" PRId64 "  %.*s  (%" PRId64 " waiting)", item->id,
		SPAN_ARG(item->reason), waiting.waiting);
	output_line(&cli->output, "  %.*s%s<%.*s>  %.*s", SPAN_ARG(item->name),
		item->name.size > 0 ? " " : "", SPAN_ARG(item->address), SPAN_ARG(item->role));
	if (item->message_id)
		output_line(&cli->output, "  message #%" PRId64 ": %s", item->message_id,
			subject ? subject : "(no subject)");
	output_line(&cli->output, "  %.*s", SPAN_ARG(item->detail));
	json_decref(object);
	show_suggestions(triage);
	return true;
}

static void show_help(struct triage *triage)
{
	struct output *output = &triage->cli->output;

	output_line(output, "  1-9  it is the one with this number");
	output_line(output, "  a    it is another contact: type an address, a name or a number");
	output_line(output, "  c    make a contact of it");
	output_line(output, "  m    its mail domain means a company");
	output_line(output, "  i    ignore the address from now on   I  its whole domain");
	output_line(output, "  d    take this item alone off the queue");
	output_line(output, "  v    the mail's text   s  leave it for later");
	output_line(output, "  u    undo the last answer   q  end");
}

/* The first lines of the mail, as far as a screen holds them. */
static bool show_text(struct triage *triage, struct error *err)
{
	struct cli *cli = triage->cli;
	struct facts facts;
	bool found = false;
	struct span rest, line;
	size_t lines = 0;

	if (triage->item.message_id && !stored_facts_read(cli->db, triage->item.message_id,
					       &cli->arena, &facts, &found, err))
		return false;
	rest = found ? facts.text : (struct span){0};
	while (lines < TEXT_LINES && span_next_line(&rest, &line)) {
		if (span_trim(line).size == 0)
			continue;
		output_line(&cli->output, "  | %.*s", SPAN_ARG(text_cut(line, TEXT_WIDTH)));
		lines++;
	}
	if (lines == 0)
		output_line(&cli->output, "  | (no text)");
	return true;
}

/* ---------------------------------------------------------------- answers */

static bool is_yes(struct triage *triage, const char *question)
{
	char key;

	ask(triage, question);
	key = keys_read();
	output_line(&triage->cli->output, "%s", key == 'y' || key == 'Y' ? "yes" : "no");
	triage->ended |= key == KEY_END;
	return key == 'y' || key == 'Y';
}

/* Shows what it touches, asks, settles. */
static enum step answer(struct triage *triage, struct resolve_request *request)
{
	struct cli *cli = triage->cli;
	struct resolve_result result;
	struct error err;
	char question[64];
	json_t *object;

	request->item_id = triage->item.id;
	request->actor = cli->actor;
	if (!resolve_run(cli->intake, request, true, cli->now_ms, &cli->arena, &result, &err)) {
		message_print("%s", err.text);
		return STEP_AGAIN;
	}
	object = resolution_json(&result);
	resolution_print(cli, json_object_get(object, "touched"), TOUCHED_SHOWN);
	json_decref(object);
	snprintf(question, sizeof question, "Settle %" PRId64 " item%s? y/n", result.settled,
		result.settled == 1 ? "" : "s");
	if (!is_yes(triage, question))
		return STEP_AGAIN;
	if (!resolve_run(cli->intake, request, false, cli->now_ms, &cli->arena, &result, &err)) {
		message_print("%s", err.text);
		return STEP_AGAIN;
	}
	triage->settled += (size_t)result.settled;
	triage->last_operation = result.operation_id;
	output_line(&cli->output, "settled %" PRId64 "; u undoes it (operation %" PRId64 ")",
		result.settled, result.operation_id);
	return STEP_NEXT;
}

static bool ask_line(struct triage *triage, const char *question, struct span *line)
{
	ask(triage, question);
	if (keys_read_line(&triage->cli->arena, line))
		return true;
	triage->ended = true;
	return false;
}

static enum step answer_suggestion(struct triage *triage, size_t index)
{
	struct resolve_request request = {.verb = RESOLVE_ASSIGN};

	if (index >= triage->suggestion_count) {
		output_line(&triage->cli->output, "there is no suggestion %zu", index + 1);
		return STEP_AGAIN;
	}
	request.contact_id = triage->suggestions[index].contact_id;
	request.company_id = triage->suggestions[index].company_id;
	if (!request.contact_id)
		request.verb = RESOLVE_MAP_DOMAIN;
	return answer(triage, &request);
}

static enum step answer_assign(struct triage *triage)
{
	struct resolve_request request = {.verb = RESOLVE_ASSIGN};
	struct contact contact;
	struct span line;

	if (!ask_line(triage, "Contact:", &line) || line.size == 0 ||
		pick_contact(triage->cli, arena_string(&triage->cli->arena, line), &contact) !=
			EXIT_DONE)
		return STEP_AGAIN;
	request.contact_id = contact.id;
	return answer(triage, &request);
}

static bool pick_company_of(struct triage *triage, struct span word, int64_t *id)
{
	struct company company;

	if (pick_company(triage->cli, arena_string(&triage->cli->arena, word), &company) !=
		EXIT_DONE)
		return false;
	*id = company.id;
	return true;
}

static enum step answer_create(struct triage *triage)
{
	struct resolve_request request = {.verb = RESOLVE_CREATE};
	struct span company;
	char question[200];

	snprintf(question, sizeof question, "Name [%.*s]:", SPAN_ARG(triage->item.name));
	output_line(&triage->cli->output, "%s", question);
	if (!ask_line(triage, ">", &request.name) ||
		!ask_line(triage, "Company (empty: none):", &company) ||
		(company.size > 0 && !pick_company_of(triage, company, &request.company_id)))
		return STEP_AGAIN;
	return answer(triage, &request);
}

/* "+Name" makes the company: a slip of the finger should not. */
static enum step answer_map(struct triage *triage)
{
	struct resolve_request request = {.verb = RESOLVE_MAP_DOMAIN};
	struct span line;

	if (!ask_line(triage, "Company (+NAME makes it):", &line) || line.size == 0)
		return STEP_AGAIN;
	if (span_starts(line, SPAN("+")))
		request.name = span_trim(span_after(line, 1));
	else if (!pick_company_of(triage, line, &request.company_id))
		return STEP_AGAIN;
	return answer(triage, &request);
}

static enum step undo_last(struct triage *triage)
{
	struct cli *cli = triage->cli;
	struct operation_row undone;
	struct error err;
	bool good;

	if (!triage->last_operation) {
		output_line(&cli->output, "nothing was answered in this run");
		return STEP_AGAIN;
	}
	good = db_begin_write(cli->db, &err);
	if (good) {
		good = operation_undo(cli->db, triage->last_operation, cli->actor, cli->now_ms,
			&undone, &cli->arena, &err);
		if (good)
			good = db_commit(cli->db, &err);
		else
			db_rollback(cli->db);
	}
	if (!good) {
		message_print("%s", err.text);
		return STEP_AGAIN;
	}
	output_line(&cli->output, "undid operation %" PRId64, triage->last_operation);
	triage->settled -=
		(size_t)undone.settled < triage->settled ? (size_t)undone.settled : triage->settled;
	triage->last_operation = 0;
	triage->position = 0; /* what waits again may stand before this one */
	return STEP_NEXT;
}

static enum step take_key(struct triage *triage, char key, struct error *err)
{
	struct resolve_request ignore = {.verb = RESOLVE_IGNORE_ADDRESS},
			       ignore_domain = {.verb = RESOLVE_IGNORE_DOMAIN},
			       dismiss = {.verb = RESOLVE_DISMISS};

	switch (key) {
	case 'a':
		return answer_assign(triage);
	case 'c':
		return answer_create(triage);
	case 'm':
		return answer_map(triage);
	case 'i':
		return answer(triage, &ignore);
	case 'I':
		return answer(triage, &ignore_domain);
	case 'd':
		return answer(triage, &dismiss);
	case 'u':
		return undo_last(triage);
	case 'v':
		return show_text(triage, err) ? STEP_AGAIN : STEP_FAILED;
	case 's':
		triage->skipped++;
		return STEP_NEXT;
	case 'q':
	case KEY_END:
		triage->ended = true;
		return STEP_AGAIN;
	default:
		if (key >= '1' && key <= '9')
			return answer_suggestion(triage, (size_t)(key - '1'));
		show_help(triage);
		return STEP_AGAIN;
	}
}

/* ---------------------------------------------------------------- the queue */

static bool next_item(struct triage *triage, bool *found, struct error *err)
{
	const struct unresolved_filter filter = {
		.page = {.after_id = triage->position, .limit = 1}};
	struct unresolved *rows;
	size_t count;

	if (!unresolved_list(triage->cli->db, &filter, &triage->cli->arena, &rows, &count, err))
		return false;
	*found = count > 0;
	if (!*found)
		return true;
	triage->item = rows[0];
	if (!resolve_suggest(triage->cli->intake, &triage->item, &triage->cli->arena,
		    &triage->suggestions, &triage->suggestion_count, err))
		return false;
	if (triage->suggestion_count > SUGGESTIONS_MAX)
		triage->suggestion_count = SUGGESTIONS_MAX;
	return true;
}

/* One item, until it is answered or left. */
static bool work_on(struct triage *triage, struct error *err)
{
	enum step step = STEP_AGAIN;

	if (!show_item(triage, err))
		return false;
	while (step == STEP_AGAIN && !triage->ended) {
		ask(triage, "[1-9 a c m i I d v s u q ?]");
		char key = keys_read();

		output_line(&triage->cli->output, "%c", key > ' ' ? key : ' ');
		step = take_key(triage, key, err);
		if (step == STEP_NEXT && key != 'u')
			triage->position = triage->item.id;
	}
	return step != STEP_FAILED;
}

static struct span place_name(struct cli *cli)
{
	return arena_format(&cli->arena, "triage.%s", cli->actor);
}

/* Where this person stopped: items that were left for later come last. */
static bool read_place(struct triage *triage, struct error *err)
{
	unsigned long long id = 0;
	struct span value;

	if (!setting_get(triage->cli->db, place_name(triage->cli).data, &triage->cli->arena, &value,
		    err))
		return false;
	if (span_to_u64(value, INT64_MAX, &id))
		triage->position = (int64_t)id;
	return true;
}

static bool write_place(struct triage *triage, int64_t position, struct error *err)
{
	struct cli *cli = triage->cli;

	if (!db_begin_write(cli->db, err))
		return false;
	if (setting_set(cli->db, place_name(cli).data,
		    arena_format(&cli->arena, "%" PRId64, position), err))
		return db_commit(cli->db, err);
	db_rollback(cli->db);
	return false;
}

static bool work(struct triage *triage, struct error *err)
{
	bool found = true, from_start;

	if (!read_place(triage, err))
		return false;
	from_start = triage->position == 0;
	while (!triage->ended) {
		if (!next_item(triage, &found, err))
			return false;
		if (found && !work_on(triage, err))
			return false;
		if (!found && from_start)
			break;
		if (!found) {
			triage->position = 0;
			from_start = true;
		}
	}
	/* through to the end: the next time begins with the oldest again */
	return write_place(triage, found ? triage->position : 0, err);
}

static enum exit_code run_triage(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct triage triage = {.cli = cli};
	struct unresolved_count left;
	struct error err;

	if (code != EXIT_DONE)
		return code;
	cli->output.pager = false;
	if (!work(&triage, &err) || !unresolved_waiting(cli->db, &left, &err))
		return cli_fail(&err);
	output_line(&cli->output, "settled %zu, left %zu for later, %" PRId64 " waiting",
		triage.settled, triage.skipped, left.waiting);
	return EXIT_DONE;
}

static const struct command_example examples[] = {
	{"postroom triage", "Answer with single keys; ? lists them"},
	{0},
};

const struct command triage_commands[] = {
	{
		.noun = "triage",
		.summary = "Walk through the queue with single keys",
		.description =
			"Shows one waiting item after the other, the oldest first, with numbered "
			"suggestions. Each answer says what it would touch and asks before it "
			"settles; u takes the last one back. It goes on where you stopped the last "
			"time; what was left for later comes round again at the end.",
		.examples = examples,
		.run = run_triage,
	},
	{0},
};
