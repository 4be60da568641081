/* play.c - a conversation as lines of text. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>

#include "eio_packet.h"
#include "fixture/world_inside.h"

static void lose(struct player *p)
{
    p->ended = p->lost = true;
}

/* What a packet holds behind `name`, kept in `value` and masked. */
static void take(char *packet, const char *name, char value[64])
{
    char *start = strstr(packet, name), *end = start == NULL ? NULL : strchr(start + strlen(name), '"');

    if (end == NULL)
        return;
    start += strlen(name);
    CHECK(end - start < 64);
    memcpy(value, start, (size_t)(end - start));
    value[end - start] = '\0';
    memmove(start, end, strlen(end) + 1);
}

/* With recovery an event ends in where it stands: its last argument. */
static void take_offset(char *packet, char value[64])
{
    char *end = strrchr(packet, ']'), *start = NULL;

    for (char *at = packet; (at = strstr(at, ",\"")) != NULL; at++)
        start = at;
    if (start != NULL && end != NULL && end[-1] == '"')
        take(start, ",\"", value);
}

static void hear(const struct play *play, struct player *p, const char *text)
{
    size_t digits = text[0] == '4' && text[1] == '2' ? strspn(text + 2, "0123456789") : 0;
    char *packet = strdup(text), ignored[64];

    take(packet, "\"sid\":\"", *text == '0' ? p->sid : ignored);
    take(packet, "\"pid\":\"", p->pid);
    if (play->recovery && text[0] == '4' && (text[1] == '2' || text[1] == '5') && digits == 0)
        take_offset(packet, p->offset);
    CHECK_INT(buf_printf(&p->heard, "%s%s\n", digits > 0 ? "42n" : "",
                         packet + (digits > 0 ? 2 + digits : 0)), 0);
    free(packet);
}

/* The packets of a poll's reply, or its status. */
static void hear_reply(const struct play *play, struct player *p)
{
    struct peer *get = p->get;
    char *at, *end;

    if (get == NULL || !get->done)
        return;
    p->get = NULL;
    if (get->status != 200)
        CHECK_INT(buf_printf(&p->heard, "(%d)\n", get->status), 0);
    if (get->status != 200)
        lose(p);
    for (at = get->status == 200 ? strdup(peer_body(get)) : NULL, end = at; end != NULL;) {
        char *packet = end;

        end = strchr(packet, EIO_SEPARATOR);
        if (end != NULL)
            *end++ = '\0';
        if (strcmp(packet, "1") == 0)
            lose(p);
        hear(play, p, packet);
    }
    free(at);
    world_drop(get);
}

/* A probe that fails is no end, but the client knows of it. */
static void hear_websocket(struct play *play, struct player *p, struct peer **ws, bool is_transport)
{
    const char *packet;

    if (*ws == NULL)
        return;
    while ((packet = world_next(*ws)) != NULL) {
        if (is_transport || (*packet != '(' && *packet != '3'))
            hear(play, p, packet);
        if (*packet == '(' && is_transport)
            lose(p);
        else if (*packet == '(')
            play->errors++;
    }
    if ((*ws)->conn == NULL) {
        if (is_transport)
            lose(p);
        play->errors += !is_transport;
        world_drop(*ws);
        *ws = NULL;
    }
}

static void listen(struct play *play)
{
    for (int i = 0; i < 2; i++) {
        struct player *p = &play->players[i];

        hear_reply(play, p);
        hear_websocket(play, p, &p->ws, true);
        hear_websocket(play, p, &p->probe, false);
    }
}

static void query_of(const struct player *p, const char *transport, char at[160])
{
    (void)snprintf(at, 160, "EIO=4&transport=%s%s%s", transport, p->sid[0] != '\0' ? "&sid=" : "", p->sid);
}

static struct peer *open_websocket(struct play *play, const struct player *p, bool deflate)
{
    static const struct ws_header offer[] = { { "sec-websocket-extensions", "permessage-deflate" }, { 0 } };
    struct peer *peer;
    char query[160];

    query_of(p, "websocket", query);
    peer = world_websocket(&play->world, query, deflate ? offer : NULL);
    return peer;
}

static void post(struct play *play, struct player *p, const char *text)
{
    char query[160], *body = strdup(text);
    struct peer *peer;

    for (char *at = body; *at != '\0'; at++)
        if (*at == '|')
            *at = EIO_SEPARATOR;
    query_of(p, "polling", query);
    peer = world_post(&play->world, query, body);
    free(body);
    CHECK(peer->done);
    if (peer->status != 200) {
        CHECK_INT(buf_printf(&p->heard, "(%d)\n", peer->status), 0);
        lose(p);
    }
    world_drop(peer);
}

static void say(struct play *play, struct player *p, const char *text)
{
    if (p->ws == NULL) {
        post(play, p, text);
    } else if (*text == '#') {
        world_frame(p->ws, 0x82, text + 1, strlen(text + 1));
    } else {
        world_send(p->ws, text);
    }
}

static void cut(struct player *p)
{
    struct peer **const all[] = { &p->get, &p->ws, &p->probe };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (*all[i] != NULL)
            world_drop(*all[i]);
        *all[i] = NULL;
    }
    p->ended = true;
}

static void switch_over(struct player *p)
{
    if (p->probe == NULL)
        return;
    p->ws = p->probe;
    p->probe = NULL;
}

/* A second one while one waits: both get their answer now. */
static void begin_get(struct play *play, struct player *p)
{
    struct peer *get;
    char query[160];

    query_of(p, "polling", query);
    get = world_get(&play->world, query);
    if (p->get == NULL)
        p->get = get;
    else
        world_drop(get);
}

/* As the official client does; without a pid it comes as a new one. */
static void come_back(struct play *play, struct player *p)
{
    char packet[192] = "40";

    if (p->pid[0] != '\0')
        (void)snprintf(packet, sizeof packet, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", p->pid,
                       p->offset);
    p->ended = false;
    p->sid[0] = '\0';
    p->ws = open_websocket(play, p, false);
    say(play, p, packet);
}

static const char *behind(const char *text, const char *word)
{
    size_t size = strlen(word);

    return strncmp(text, word, size) == 0 ? text + size : NULL;
}

/* Nothing more is said by or to who has ended. */
static void player_line(struct play *play, struct player *p, const char *line)
{
    const char *rest;

    if (strcmp(line, "open") == 0 || strcmp(line, "open deflate") == 0)
        p->ws = open_websocket(play, p, line[4] != '\0');
    else if (strcmp(line, "poll") == 0 || strcmp(line, "get") == 0)
        begin_get(play, p);
    else if (strcmp(line, "cut") == 0)
        cut(p);
    else if (strcmp(line, "probe") == 0)
        p->probe = open_websocket(play, p, false);
    else if (strcmp(line, "switch") == 0)
        switch_over(p);
    else if ((rest = behind(line, "over ")) != NULL && p->probe != NULL)
        world_send(p->probe, rest);
    else if (strchr("0123456b#", *line) != NULL)
        say(play, p, line);
}

void play_line(struct play *play, const char *line)
{
    const char *rest = behind(line, "wait ");

    if (rest != NULL)
        world_run(&play->world, strtol(rest, NULL, 10));
    else if (*line == '!')
        play->act(play, line + 1);
    else if ((rest = behind(line, "b:")) != NULL && !play->players[1].ended)
        player_line(play, &play->players[1], rest);
    else if (strcmp(line, "return") == 0 && play->players[0].ended)
        come_back(play, &play->players[0]);
    else if (rest == NULL && !play->players[0].ended)
        player_line(play, &play->players[0], line);
    world_turn(&play->world);
    listen(play);
}

void play_begin(struct play *play)
{
    for (int i = 0; i < 2; i++) {
        play->players[i] = (struct player){ .ended = false };
        buf_init(&play->players[i].heard, BUF_NO_LIMIT);
    }
}

void play_finish(struct play *play)
{
    world_finish(&play->world);
    for (int i = 0; i < 2; i++)
        buf_finish(&play->players[i].heard);
}

/* A line that a fault may bring. */
static bool is_end(const char *line)
{
    return *line == '(' || (line[0] == '4' && line[1] == '4') || *line == '1' || *line == '6';
}

bool play_is_part(const char *part, const char *whole)
{
    while (*part != '\0') {
        size_t size = strcspn(part, "\n") + 1;

        if (!is_end(part)) {
            while (*whole != '\0' && strncmp(whole, part, size) != 0)
                whole += strcspn(whole, "\n") + 1;
            if (*whole == '\0')
                return false;
            whole += size;
        }
        part += size;
    }
    return true;
}
