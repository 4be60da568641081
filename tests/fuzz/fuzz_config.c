/* fuzz_config.c - settings from a file, flags and the environment: refused with a sentence, or within their
 * bounds. The first byte says how many of the lines are flags and how many environment; the rest is the
 * file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "fuzz.h"

enum { WORDS_MAX = 8 };

/* Up to `max` lines as texts; the caller's. */
static int take_lines(struct input *in, int max, char **to)
{
    int count = 0;

    while (count < max && in->left > 0) {
        const uint8_t *end = memchr(in->at, '\n', in->left);
        struct input line = take(in, end != NULL ? (size_t)(end - in->at) : in->left);

        to[count] = malloc(line.left + 1);
        assert(to[count] != NULL);
        memcpy(to[count], line.at, line.left);
        to[count++][line.left] = '\0';
        (void)take_byte(in);
    }
    to[count] = NULL;
    return count;
}

static int count_of(char *const *list)
{
    int count = 0;

    while (list[count] != NULL)
        count++;
    return count;
}

static void check(const struct config *c)
{
    assert(count_of(c->listen) <= CONFIG_LISTEN_MAX && count_of(c->trusted_proxies) <= CONFIG_PROXIES_MAX);
    assert(c->data != NULL && c->frontend != NULL && c->issuer != NULL && c->audience != NULL);
    assert(c->ping_interval_ms >= 50 && c->ping_interval_ms <= 600000);
    assert(c->message_max >= 1024 && c->message_max <= 100000000);
    assert(c->drain_ms >= 0 && c->depth_max >= 1 && c->depth_max <= 1000 && c->rooms_max >= 4);
    assert(c->access_token_s >= 2 && c->access_token_s <= 86400);
}

static void free_all(char **list)
{
    for (; *list != NULL; list++)
        free(*list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    unsigned how = take_byte(&in);
    char *argv[WORDS_MAX + 4] = { (char *)(uintptr_t)"consultd" };
    char *environment[WORDS_MAX + 1], *words[WORDS_MAX + 1];
    int argc = 1, file = memfd_create("config", 0), err;
    char path[64], flag[] = "--config", why[300] = "";
    struct config config;

    (void)take_lines(&in, (int)how % WORDS_MAX, words);
    (void)take_lines(&in, (int)(how >> 3) % WORDS_MAX, environment);
    assert(file >= 0 && write(file, in.at, in.left) == (ssize_t)in.left);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    argv[argc++] = flag;
    argv[argc++] = path;
    for (char **word = words; *word != NULL; word++)
        argv[argc++] = strncmp(*word, "--help", 6) != 0 && strcmp(*word, "-h") != 0 ? *word : flag;
    err = config_read(&config, argc, argv, environment, why, sizeof why);
    assert(err == 0 || err == -EINVAL);
    assert(memchr(why, '\0', sizeof why) != NULL && (err == 0 || why[0] != '\0'));
    if (err == 0) {
        check(&config);
        config_free(&config);
    }
    free_all(words);
    free_all(environment);
    (void)close(file);
    return 0;
}
