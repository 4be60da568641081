/* main.c - the verbs of the command line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "app.h"
#include "audit_command.h"
#include "config.h"
#include "drugs.h"
#include "icd_codes.h"
#include "reconcile_command.h"
#include "user_command.h"
#include "xalloc.h"

extern char **environ;

static int serve(int argc, char **argv)
{
    struct config config;
    char why[512];
    int err = config_read(&config, argc, argv, environ, why, sizeof why), status;

    if (err == -ECANCELED)
        return 0;
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    status = app_serve(&config);
    config_free(&config);
    return status;
}

static int version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    (void)puts("consultd " CONSULTD_VERSION);
    return 0;
}

static const struct { const char *name; int (*run)(int argc, char **argv); const char *help; } verbs[] = {
    { "serve",   serve,        "run the server; consultd serve --help lists the settings" },
    { "user",    user_command, "user add --role ROLE --clinic NAME --login L --name N [--title T]" },
    { "drug",    drug_command, "drug import FILE: the list of what may be prescribed" },
    { "icd",     icd_command,  "icd import FILE: a version of the classification of diagnoses" },
    { "reconcile", reconcile_command, "reconcile [--data DIR]: do the books of money agree?" },
    { "audit",   audit_command, "audit verify [--head FILE] [--data DIR]: is the audit as it was written?" },
    { "version", version,      "print the version" },
};

static int usage(FILE *out)
{
    (void)fputs("usage: consultd VERB ...\n\n", out);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        (void)fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].help);
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    (void)sigaction(SIGPIPE, &ignore, NULL);    /* a reader that left is an error of its write      */
    (void)sigaction(SIGXFSZ, &ignore, NULL);    /* and a file limit an error of its own              */
    (void)prctl(PR_SET_DUMPABLE, 0);            /* keys and tokens do not end in core files          */
    xalloc_for_json();
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0))
        return usage(stdout);
    for (size_t i = 0; argc >= 2 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    return usage(stderr);
}
