#include "ingest/form.h"

#include "base/buffer.h"
#include "base/text.h"

/* A form longer than this is a letter. */
#define FORM_MAX_BYTES (64 * 1024)

static struct span form_text(const struct mail *mail)
{
	const struct facts *facts = mail->facts;
	bool forwarded = facts->forwarded.how != FORWARD_NONE && mail->sender >= 0;
	return text_cut(forwarded ? facts->forwarded.text : facts->text, FORM_MAX_BYTES);
}

bool form_sender_is_known(const struct mail *mail)
{
	const struct config_strings *senders = &mail->intake->config->leads.form_senders;
	const struct facts_forwarded *forwarded = &mail->facts->forwarded;
	struct span from = mail->from;
	if (forwarded->how != FORWARD_NONE && mail->sender >= 0)
		from = text_fold_address(mail->arena, forwarded->from.address);
	for (size_t i = 0; i < senders->count; i++) {
		if (span_equal(text_fold_address(mail->arena, span_from(senders->items[i])), from))
			return true;
	}
	return false;
}

/* What mail programs and pages put around a label: "*Your name**", "> Your name", "| Your name". */
static struct span bare_label(struct span text)
{
	struct span label = span_trim(text);
	while (label.size && strchr("*_>-|", label.data[0]))
		label = span_trim(span_after(label, 1));
	while (label.size && strchr("*_| ", label.data[label.size - 1]))
		label = span_part(label, 0, label.size - 1);
	return label;
}

/* Where the label ends: at a colon, or at the border of a table's cell. */
static size_t label_size(struct span line)
{
	size_t begin = 0, size;
	while (begin < line.size && strchr("|> \t", line.data[begin]))
		begin++;
	for (size = begin; size < line.size; size++) {
		if (strchr(":\t|", line.data[size]))
			break;
	}
	return size;
}

/*
 * "Your name: Anna", "Your name<TAB>Anna" and "| Your name | Anna |" → "Anna" for the label "Your
 * name"; empty where the label stands alone on its line.
 */
static bool line_value(
	struct arena *arena, struct span line, struct span label_folded, struct span *value)
{
	size_t size = label_size(line);
	struct span label = bare_label(span_part(line, 0, size));
	if (label.size == 0 || !span_equal(text_fold(arena, label), label_folded))
		return false;
	struct span rest = span_after(line, size + 1);
	while (rest.size && strchr("*_|: \t", rest.data[0]))
		rest = span_after(rest, 1);
	while (rest.size && strchr("| \t", rest.data[rest.size - 1]))
		rest = span_part(rest, 0, rest.size - 1);
	*value = span_trim(rest);
	return true;
}

static struct span label_key(struct arena *arena, const char *label)
{
	struct span text = span_trim(span_from(label));
	if (span_ends(text, SPAN(":")))
		text = span_part(text, 0, text.size - 1);
	return text_fold(arena, text);
}

/* "-- ", "---" and the like: what the site writes below the form. */
static bool line_ends_form(struct span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < line.size; i++) {
		if (!strchr("-_=", line.data[i]))
			return false;
	}
	return line.size >= 2;
}

/* Some line of the text begins with one of the labels. */
static bool line_is_labelled(const struct mail *mail, struct span line)
{
	const struct config_leads *leads = &mail->intake->config->leads;
	struct span value;
	for (size_t i = 0; i < leads->form_field_count; i++) {
		if (line_value(mail->arena, line,
			    label_key(mail->arena, leads->form_fields[i].label), &value))
			return true;
	}
	return false;
}

/*
 * The value on the label's line and, for a text area, the lines up to the next label. A value that
 * begins on the next line is usual where the form is a table.
 */
static struct span labelled_value(const struct mail *mail, struct span folded, bool many_lines)
{
	struct span rest = form_text(mail), line, value;
	while (span_next_line(&rest, &line)) {
		if (!line_value(mail->arena, line, folded, &value))
			continue;
		if (!many_lines && value.size)
			return value;
		struct buffer text = {0};
		buffer_append(&text, value);
		while (span_next_line(&rest, &line) && !line_is_labelled(mail, line) &&
			!line_ends_form(line)) {
			line = span_trim(line);
			if (!many_lines && text.size && line.size)
				break;
			if (text.size)
				buffer_append_byte(&text, '\n');
			buffer_append(&text, line);
		}
		struct span whole = arena_copy(mail->arena, span_trim(buffer_span(&text)));
		buffer_done(&text);
		return whole;
	}
	return (struct span){0};
}

struct span form_value(const struct mail *mail, struct span label)
{
	return labelled_value(mail, text_fold(mail->arena, label), false);
}

/* "Anna <a@example.org>", "mailto:a@example.org" and "a@example.org <mailto:…>" → the address. */
static struct span bare_address(struct span value)
{
	ptrdiff_t at = span_find_byte(value, '@');
	if (at < 0)
		return (struct span){0};
	size_t start = (size_t)at, end = (size_t)at;
	while (start > 0 && !strchr(" \t<>:,;\"()[]", value.data[start - 1]))
		start--;
	while (end < value.size && !strchr(" \t<>,;\"()[]", value.data[end]))
		end++;
	return span_part(value, start, end - start);
}

struct form form_read(const struct mail *mail)
{
	const struct config_leads *leads = &mail->intake->config->leads;
	struct form form = {0};
	struct {
		const char *name;
		struct span *value;
	} fields[] = {
		{"name", &form.name},
		{"company", &form.company},
		{"email", &form.email},
		{"phone", &form.phone},
		{"message", &form.message},
		{"source", &form.source},
	};

	if (!leads->form_field_count || (leads->form_senders.count && !form_sender_is_known(mail)))
		return form;
	for (size_t i = 0; i < leads->form_field_count; i++) {
		for (size_t f = 0; f < ARRAY_COUNT(fields); f++) {
			if (strcmp(leads->form_fields[i].field, fields[f].name) != 0 ||
				fields[f].value->size)
				continue;
			*fields[f].value = labelled_value(mail,
				label_key(mail->arena, leads->form_fields[i].label),
				strcmp(fields[f].name, "message") == 0);
		}
	}
	form.email = bare_address(form.email);
	/* One label alone is found in any letter ("Name: …"). */
	size_t filled = 0;
	for (size_t f = 0; f < ARRAY_COUNT(fields); f++)
		filled += fields[f].value->size > 0;
	form.found = filled >= 2 || (form.email.size && leads->form_field_count == 1);
	return form;
}

bool form_matches(const struct mail *mail)
{
	return form_read(mail).found;
}
