/*
 * floor.c - the least that any IMAP client must do: log in over TLS, fetch every mail of INBOX in
 * batches that are asked for ahead, count the bytes and forget them. What postroom does beside that
 * is measured against it.
 *
 *	floor HOST PORT USER PASSWORD COUNT
 *
 * Prints mails, bytes and seconds from the connection to the last byte. The certificate is not
 * looked at: it is a server of our own on loopback.
 */
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define BATCH 200
#define AHEAD 3

struct client {
	SSL *tls;
	char bytes[65536];
	size_t at, size;
	char line[8192];
	unsigned long mails, mail_bytes;
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "floor: %s\n", what);
	exit(1);
}

static int open_socket(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	int socket_;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		fail("no such host");
	socket_ = socket(found->ai_family, found->ai_socktype, 0);
	if (socket_ < 0 || connect(socket_, found->ai_addr, found->ai_addrlen) != 0)
		fail("can't connect");
	freeaddrinfo(found);
	return socket_;
}

static void fill(struct client *client)
{
	int got = SSL_read(client->tls, client->bytes, sizeof client->bytes);

	if (got <= 0)
		fail("the connection ended");
	client->at = 0;
	client->size = (size_t)got;
}

static void skip(struct client *client, unsigned long size)
{
	while (size > 0) {
		size_t part = client->size - client->at;

		if (part == 0) {
			fill(client);
			continue;
		}
		if (part > size)
			part = size;
		client->at += part;
		size -= part;
	}
}

/* One line without its end, cut to what `line` holds. */
static void read_line(struct client *client)
{
	size_t size = 0;

	for (;;) {
		char *start, *end;
		size_t part;

		if (client->at == client->size)
			fill(client);
		start = client->bytes + client->at;
		end = memchr(start, '\n', client->size - client->at);
		part = end ? (size_t)(end - start) : client->size - client->at;
		if (part > sizeof client->line - 1 - size)
			part = sizeof client->line - 1 - size;
		memcpy(client->line + size, start, part);
		size += part;
		client->at = end ? (size_t)(end - client->bytes) + 1 : client->size;
		if (end)
			break;
	}
	while (size > 0 && client->line[size - 1] == '\r')
		size--;
	client->line[size] = '\0';
}

/* {123} at the end of the line: so many bytes follow, then the rest of the response. */
static bool literal_size(const char *line, unsigned long *size)
{
	const char *brace = strrchr(line, '{');
	char *end;

	if (!brace)
		return false;
	*size = strtoul(brace + 1, &end, 10);
	return strcmp(end, "}") == 0;
}

static void read_to_tag(struct client *client, const char *tag)
{
	size_t tag_size = strlen(tag);

	for (;;) {
		unsigned long size;

		read_line(client);
		if (strncmp(client->line, tag, tag_size) == 0 && client->line[tag_size] == ' ')
			break;
		while (literal_size(client->line, &size)) {
			skip(client, size);
			client->mails++;
			client->mail_bytes += size;
			read_line(client);
		}
	}
	if (strncmp(client->line + tag_size + 1, "OK", 2) != 0)
		fail(client->line);
}

static void command(struct client *client, const char *text)
{
	if (SSL_write(client->tls, text, (int)strlen(text)) <= 0)
		fail("can't send");
}

static void ask(struct client *client, unsigned long first)
{
	char text[128];

	snprintf(text, sizeof text, "f%lu UID FETCH %lu:%lu (UID BODY.PEEK[])\r\n", first, first,
		first + BATCH - 1);
	command(client, text);
}

static void fetch_all(struct client *client, unsigned long count)
{
	unsigned long asked = 1;

	for (unsigned long done = 1; done <= count; done += BATCH) {
		char tag[32];

		for (; asked <= count && asked < done + AHEAD * BATCH; asked += BATCH)
			ask(client, asked);
		snprintf(tag, sizeof tag, "f%lu", done);
		read_to_tag(client, tag);
	}
}

int main(int argument_count, char **arguments)
{
	static struct client client;
	struct timespec begin, end;
	char text[512];
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (argument_count != 6)
		fail("usage: floor HOST PORT USER PASSWORD COUNT");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	client.tls = SSL_new(context);
	SSL_set_fd(client.tls, open_socket(arguments[1], arguments[2]));
	if (SSL_connect(client.tls) != 1)
		fail("TLS");
	read_line(&client); /* the greeting */
	snprintf(text, sizeof text, "l LOGIN \"%s\" \"%s\"\r\n", arguments[3], arguments[4]);
	command(&client, text);
	read_to_tag(&client, "l");
	command(&client, "e EXAMINE INBOX\r\n");
	read_to_tag(&client, "e");
	fetch_all(&client, strtoul(arguments[5], NULL, 10));
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%lu %lu %.6f\n", client.mails, client.mail_bytes,
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
	SSL_free(client.tls);
	SSL_CTX_free(context);
	return 0;
}
