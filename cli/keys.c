#include "cli/keys.h"

#include <errno.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "base/buffer.h"

#define CONTROL_C      3
#define CONTROL_D      4
#define ESCAPE	       27
#define LINE_MAX_BYTES 1000

/* -1 at the end. */
static int read_byte(void)
{
	unsigned char byte;
	ssize_t size;

	do
		size = read(STDIN_FILENO, &byte, 1);
	while (size < 0 && errno == EINTR);
	return size == 1 ? byte : -1;
}

static bool more_is_there(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, 0) == 1;
}

static char read_key(bool terminal)
{
	for (;;) {
		int byte = read_byte();

		if (byte < 0 || byte == CONTROL_C || byte == CONTROL_D)
			return KEY_END;
		if (byte == '\n' || byte == '\r')
			continue;
		if (byte == ESCAPE || byte > '~') { /* the rest of an arrow, of a letter in UTF-8 */
			while (terminal && more_is_there() && read_byte() >= 0)
				;
			continue;
		}
		return (char)byte;
	}
}

/* The terminal's signals are off meanwhile, so that it never stays without its echo. */
char keys_read(void)
{
	struct termios before, raw;
	char key;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return read_key(false);
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	key = read_key(true);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return key;
}

bool keys_read_line(struct arena *arena, struct span *line)
{
	struct buffer text = {0};
	int byte;

	while ((byte = read_byte()) >= 0 && byte != '\n')
		if (text.size < LINE_MAX_BYTES)
			buffer_append_byte(&text, (char)byte);
	*line = span_trim(arena_copy(arena, buffer_span(&text)));
	buffer_done(&text);
	return byte >= 0 || line->size > 0;
}
