#include "ingest/minutes.h"

#include "base/buffer.h"
#include "base/text.h"
#include "ingest/action_text.h"
#include "ingest/record.h"
#include "ingest/stored_facts.h"
#include "store/message.h"

/* A later meeting's minutes often have the same subject. */
#define CORRECTION_MS (14 * 24 * INT64_C(3600000))
/* Every line asks the record once where it stood before. */
#define LINES_ASKED 100
/* The same line of as many earlier minutes. */
#define TASKS_ASKED 500
/* Lines that share so many words are two versions of one. */
#define LIKENESS 0.6

/* What people add to the subject of a correction. */
static const char *const correction_words[] = {"corrected", "correction", "updated", "update",
	"revised", "final", "korrigiert", "korrigierte", "korrektur", "aktualisiert",
	"gecorrigeerd", "correctie", "herzien", "corrigé", "corrige", "rectifié", "rectificatif",
	"v2", "v3"};

static bool is_correction_word(struct arena *arena, struct span word)
{
	for (size_t i = 0; i < ARRAY_COUNT(correction_words); i++) {
		if (span_equal(word, text_fold(arena, span_from(correction_words[i]))))
			return true;
	}
	return false;
}

/* "Re: Minutes 20 November (corrected)" → "minutes 20 november". */
static struct span subject_key(struct arena *arena, struct span subject)
{
	struct span rest = text_fold(arena, record_subject_base(subject)), word;
	struct buffer key = {0};
	while (span_next(&rest, ' ', &word)) {
		while (word.size && strchr("([{:;,.-!", word.data[0]))
			word = span_after(word, 1);
		while (word.size && strchr(")]}:;,.-!", word.data[word.size - 1]))
			word = span_part(word, 0, word.size - 1);
		if (!word.size || is_correction_word(arena, word))
			continue;
		buffer_append(&key, word);
		buffer_append_byte(&key, ' ');
	}
	struct span copy = arena_copy(arena, span_trim(buffer_span(&key)));
	buffer_done(&key);
	return copy;
}

static void line_of(const struct facts *facts, struct minutes_task *task)
{
	for (size_t i = 0; i < facts->action_count; i++) {
		if (!span_equal(text_cut(facts->actions[i].text, 500), task->task.title))
			continue;
		task->action = facts->actions[i];
		return;
	}
	/* A person renamed it: compared by what it says now. */
	task->action = (struct facts_action){.text = task->task.title, .due = task->task.due_date};
}

/* Each version's tasks are taken once, whatever led to it. */
static bool minutes_hold(const struct minutes *minutes, int64_t message_id)
{
	for (size_t i = 0; i < minutes->count; i++) {
		if (minutes->tasks[i].task.message_id == message_id)
			return true;
	}
	return false;
}

static bool tasks_add(
	struct mail *mail, int64_t message_id, struct minutes *minutes, struct error *err)
{
	struct task_filter filter = {.message_id = message_id, .kind = SPAN("action")};
	struct task *rows = NULL;
	size_t count = 0;
	struct facts facts = {0};
	bool found = false;

	if (!task_list(mail->intake->db, &filter, mail->arena, &rows, &count, err))
		return false;
	if (!count || minutes_hold(minutes, message_id))
		return true;
	if (!stored_facts_read(mail->intake->db, message_id, mail->arena, &facts, &found, err))
		return false;
	struct minutes_task *grown =
		arena_array(mail->arena, struct minutes_task, minutes->count + count);
	for (size_t i = 0; i < minutes->count; i++)
		grown[i] = minutes->tasks[i];
	minutes->tasks = grown;
	for (size_t i = 0; i < count; i++) {
		struct minutes_task *task = &minutes->tasks[minutes->count++];
		task->task = rows[i];
		line_of(&facts, task);
		task->core = action_core(mail->intake->config, mail->arena, &task->action);
	}
	return true;
}

static bool by_thread(struct mail *mail, struct minutes *minutes, struct error *err)
{
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count; t++) {
		if (!tasks_add(mail, mail->thread.messages[t], minutes, err))
			return false;
	}
	return true;
}

static bool is_earlier_version(
	struct mail *mail, int64_t message_id, bool *earlier, struct error *err)
{
	struct message_row row;
	bool found = false;
	*earlier = false;
	if (message_id == mail->message_id)
		return true;
	if (!message_get(mail->intake->db, message_id, mail->arena, &row, &found, err))
		return false;
	int64_t at = row.date_ms ? row.date_ms : row.stored_ms;
	*earlier = found && at <= mail->at_ms && mail->at_ms - at <= CORRECTION_MS &&
		   span_equal(subject_key(mail->arena, row.subject),
			   subject_key(mail->arena, mail->facts->subject));
	return true;
}

/* Some line of this mail leads to the minutes it stood in before. */
static bool by_subject(struct mail *mail, struct minutes *minutes, struct error *err)
{
	for (size_t i = 0; i < mail->facts->action_count && i < LINES_ASKED; i++) {
		struct task_filter filter = {
			.kind = SPAN("action"),
			.title_part_folded = action_core(
				mail->intake->config, mail->arena, &mail->facts->actions[i]),
			.page = {.limit = TASKS_ASKED},
		};
		struct task *rows = NULL;
		size_t count = 0;
		if (!task_list(mail->intake->db, &filter, mail->arena, &rows, &count, err))
			return false;
		for (size_t r = 0; r < count; r++) {
			bool earlier = false;
			if (!rows[r].message_id)
				continue;
			if (!is_earlier_version(mail, rows[r].message_id, &earlier, err))
				return false;
			if (earlier && !tasks_add(mail, rows[r].message_id, minutes, err))
				return false;
		}
	}
	return true;
}

bool minutes_find(struct mail *mail, struct minutes *minutes, struct error *err)
{
	*minutes = (struct minutes){0};
	/* Read anew: a line that is read otherwise now is still the same task. */
	if (mail->again && !tasks_add(mail, mail->message_id, minutes, err))
		return false;
	/* A second correction answers the first, which made few tasks or none of its own. */
	return by_thread(mail, minutes, err) && by_subject(mail, minutes, err);
}

/*
 * What is done is not done again because the minutes are corrected; but a line that is only like
 * it, or has another date, asks for something new.
 */
static bool may_be(const struct mail *mail, const struct minutes_task *task,
	const struct facts_action *action, struct span core)
{
	if (mail->again || span_equal(task->task.state, SPAN("open")))
		return true;
	bool same = span_equal(core, task->core) || span_equal(action->text, task->action.text);
	return same && date_compare(task->action.due, action->due) == 0;
}

const struct minutes_task *minutes_take(
	struct mail *mail, struct minutes *minutes, const struct facts_action *action)
{
	struct span core = action_core(mail->intake->config, mail->arena, action);
	struct minutes_task *best = NULL;
	double likeness = LIKENESS;
	for (size_t i = 0; i < minutes->count; i++) {
		struct minutes_task *task = &minutes->tasks[i];
		if (task->taken || !may_be(mail, task, action, core))
			continue;
		double like = span_equal(core, task->core) ? 2 : action_likeness(core, task->core);
		if (like < likeness)
			continue;
		likeness = like;
		best = task;
	}
	if (best)
		best->taken = true;
	return best;
}
