/*
 * GMime alone, as a peer to measure against: parses the mail on its standard input, decodes every
 * part and forgets it. Prints "CPU-seconds peak-bytes".
 */
#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void decode(GMimeObject *parent, GMimeObject *part, gpointer sink)
{
	GMimeDataWrapper *content =
		GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;

	(void)parent;
	if (content)
		g_mime_data_wrapper_write_to_stream(content, sink);
}

static unsigned long peak_kb(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long kb = 0;
	char line[256];

	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "VmHWM: %lu", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb;
}

int main(void)
{
	struct rusage usage;

	g_mime_init();
	GMimeStream *stream = g_mime_stream_fs_new(dup(0)), *sink = g_mime_stream_null_new();
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message) {
		g_mime_message_foreach(message, decode, sink);
		g_object_unref(message);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("%.6f %lu\n",
		(double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
			(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
		peak_kb() * 1024);
	return 0;
}
