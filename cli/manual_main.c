/*
 * manual_main.c - prints postroom(1), at build time.
 */
#include <stdio.h>

#include "cli/manual.h"

int main(void)
{
	struct buffer page = {0};
	bool good;

	manual_write(&page);
	good = fwrite(page.data, 1, page.size, stdout) == page.size && fflush(stdout) == 0;
	buffer_done(&page);
	return good ? 0 : 1;
}
