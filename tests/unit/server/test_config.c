/* test_config.c - three sources, one precedence, and a sentence for whoever wrote it wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "test.h"

static char *nobody[] = { NULL };

static int read_with(struct config *c, char **argv, char **environment, char why[256])
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    *why = '\0';
    return config_read(c, argc, argv, environment, why, 256);
}

static char *file_with(const char *text)
{
    static char path[64];
    FILE *file;

    (void)snprintf(path, sizeof path, "/tmp/test_config.%d", (int)getpid());
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    return path;
}

TEST(config, has_defaults)
{
    struct config c;
    char why[256];

    CHECK_INT(read_with(&c, (char *[]){ "serve", NULL }, nobody, why), 0);
    CHECK_STR(c.listen[0], "localhost:8080");
    assert_null(c.listen[1]);
    CHECK_INT(c.ping_interval_ms, 25000);
    CHECK(!c.demo);
    config_free(&c);
}

TEST(config, prefers_flag_to_environment_to_file)
{
    char *path = file_with("# limits\n ping-interval-ms = 100\n\nping-timeout-ms=101\nlisten = [::1]:1\n"
                           "upgrade-timeout-ms = 102\nlisten = localhost:2\n");
    char *argv[] = { "serve", "--config", path, "--ping-interval-ms=300", "--demo", NULL };
    char *environment[] = { "CONSULTD_PING_INTERVAL_MS=200", "CONSULTD_PING_TIMEOUT_MS=201", "HOME=/", NULL };
    struct config c;
    char why[256];

    CHECK_INT(read_with(&c, argv, environment, why), 0);
    CHECK_INT(c.ping_interval_ms, 300);
    CHECK_INT(c.ping_timeout_ms, 201);
    CHECK_INT(c.upgrade_timeout_ms, 102);
    CHECK_STR(c.listen[0], "[::1]:1");
    CHECK_STR(c.listen[1], "localhost:2");
    assert_null(c.listen[2]);
    CHECK(c.demo);
    config_free(&c);
    (void)unlink(path);
}

TEST(config, a_list_replaces_the_default_and_a_lower_source)
{
    char *argv[] = { "serve", "--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2", NULL };
    struct config c;
    char why[256];

    CHECK_INT(read_with(&c, argv, (char *[]){ "CONSULTD_LISTEN=a:1,b:2,c:3", NULL }, why), 0);
    CHECK_STR(c.listen[1], "127.0.0.1:2");
    assert_null(c.listen[2]);
    config_free(&c);
    CHECK_INT(read_with(&c, argv + 4, (char *[]){ "CONSULTD_LISTEN=a:1,b:2,c:3", NULL }, why), 0);
    CHECK_STR(c.listen[2], "c:3");
    config_free(&c);
}

TEST(config, refuses_and_names_the_setting_and_its_place)
{
    static const struct { char *flag, *value, *environment, *file, *says; } cases[] = {
        { "--nonsense", "1", NULL, NULL, "--nonsense: no such setting" },
        { "--ping-interval-ms", "4x", NULL, NULL, "ping-interval-ms must be a number" },
        { "--ping-interval-ms", "49", NULL, NULL, "from 50 to" },
        { "--demo=perhaps", NULL, NULL, NULL, "demo must be true or false" },
        { "--data", NULL, NULL, NULL, "--data: needs a value" },
        { "serve", NULL, NULL, NULL, "serve: not a flag" },
        { NULL, NULL, "CONSULTD_NONSENSE=1", NULL, "CONSULTD_NONSENSE in the environment" },
        { NULL, NULL, "CONSULTD_ACKS_MAX=-1", NULL, "CONSULTD_ACKS_MAX: acks-max must be" },
        { "--config", "/nowhere/at/all", NULL, NULL, "No such file" },
        { NULL, NULL, NULL, "data = x\nwhat = 1\n", "line 2: no such setting: what" },
        { "--tls-cert", "c.pem", NULL, NULL, "tls-key is missing" },
        { NULL, NULL, "CONSULTD_TLS_KEY=k.pem", NULL, "tls-cert is missing" },
        { NULL, NULL, NULL, "just words\n", "line 1: not \"name = value\"" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *argv[] = { "serve", cases[i].flag, cases[i].value, NULL };
        char *environment[] = { cases[i].environment, NULL };
        struct config c;
        char why[256];

        if (cases[i].file != NULL) {
            argv[1] = "--config";
            argv[2] = file_with(cases[i].file);
        }
        CHECK_INT(read_with(&c, argv, environment, why), -EINVAL);
        if (strstr(why, cases[i].says) == NULL)
            fail_msg("case %zu says \"%s\", not \"%s\"", i, why, cases[i].says);
    }
}

TEST(config, takes_certificate_and_key_from_any_place)
{
    char *path = file_with("tls-key = /etc/k.pem\n");
    char *argv[] = { "serve", "--config", path, NULL };
    char *environment[] = { "CONSULTD_TLS_CERT=/etc/c.pem", NULL };
    struct config c;
    char why[256];

    CHECK_INT(read_with(&c, argv, environment, why), 0);
    CHECK_STR(c.tls_cert, "/etc/c.pem");
    CHECK_STR(c.tls_key, "/etc/k.pem");
    config_free(&c);
}

TEST(config, a_limit_is_let_in_at_its_edges)
{
    struct config c;
    char why[256];

    CHECK_INT(read_with(&c, (char *[]){ "serve", "--ping-interval-ms", "50", NULL }, nobody, why), 0);
    config_free(&c);
    CHECK_INT(read_with(&c, (char *[]){ "serve", "--ping-interval-ms=600001", NULL }, nobody, why), -EINVAL);
}
