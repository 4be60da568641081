/* user_command.c - `consultd user add`, beside a running server too: SQLite lets both write in turn. */
#include "user_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "auth/password.h"
#include "config.h"
#include "storage/store_user.h"
#include "store.h"

extern char **environ;

static const char help[] =
    "usage: consultd user add --role doctor|pharmacist|admin --clinic NAME --login LOGIN --name NAME\n"
    "                         [--title TITLE] [--data DIR]\n"
    "The password is asked for, or read as one line where there is no terminal. A clinic is made when its\n"
    "name is new.\n";

/* One line, not shown while it is typed. -ENODATA, -EMSGSIZE, -EINVAL: too short. */
static int password_ask(char at[PASSWORD_MAX + 2])
{
    struct termios was, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;
    char *got;

    if (terminal) {
        (void)fputs("Password: ", stderr);
        quiet = was;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    got = fgets(at, PASSWORD_MAX + 2, stdin);
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
        (void)fputc('\n', stderr);
    }
    if (got == NULL)
        return -ENODATA;
    if (strchr(at, '\n') == NULL && strlen(at) > PASSWORD_MAX)
        return -EMSGSIZE;
    at[strcspn(at, "\n")] = '\0';
    return strlen(at) < PASSWORD_MIN ? -EINVAL : 0;
}

static int flags_read(int argc, char **argv, struct user_new *user, const char **clinic, const char **data)
{
    static const struct option flags[] = {
        { "role", 1, NULL, 'r' },
        { "clinic", 1, NULL, 'c' },
        { "login", 1, NULL, 'l' },
        { "name", 1, NULL, 'n' },
        { "title", 1, NULL, 't' },
        { "data", 1, NULL, 'd' },
        { 0 },
    };

    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1;)
        switch (flag) {
        case 'r': user->role = optarg; break;
        case 'c': *clinic = optarg; break;
        case 'l': user->login = optarg; break;
        case 'n': user->name = optarg; break;
        case 't': user->title = optarg; break;
        case 'd': *data = optarg; break;
        default:  return -EINVAL;
        }
    if (optind != argc || user->role == NULL || *clinic == NULL || user->login == NULL || user->name == NULL)
        return -EINVAL;
    return strcmp(user->role, "doctor") == 0 || strcmp(user->role, "pharmacist") == 0 ||
           strcmp(user->role, "admin") == 0 ? 0 : -EINVAL;
}

static int add(const struct config *config, struct user_new *user, const char *clinic)
{
    char typed[PASSWORD_MAX + 2], hash[PASSWORD_HASH_SIZE];
    struct store_user added;
    struct store store;
    int err = password_ask(typed);

    if (err) {
        (void)fprintf(stderr, "consultd: the password must have %d to %d characters\n", PASSWORD_MIN,
                      PASSWORD_MAX);
        return err;
    }
    err = password_hash(&password_cost_default, typed, hash);
    explicit_bzero(typed, sizeof typed);
    if (err == 0)
        err = store_open(&store, config, false);
    if (err)
        return err;
    user->password_hash = hash;
    err = db_script(store.writer, "BEGIN IMMEDIATE");
    if (err == 0)
        err = store_clinic_find(store.writer, clinic, &user->clinic);
    if (err == -ENOENT)
        err = store_clinic_add(store.writer, clinic, "Asia/Shanghai", "CNY", &user->clinic);
    if (err == 0)
        err = store_user_add(store.writer, user, &added);
    if (err == 0)
        err = db_script(store.writer, "COMMIT");
    if (err == 0)
        (void)printf("added %s %s: %s\n", user->role, user->login, added.public_id);
    else if (err == -EEXIST)
        (void)fprintf(stderr, "consultd: the login %s is taken\n", user->login);
    else
        (void)fprintf(stderr, "consultd: %s (%s)\n", strerror(-err), db_error(store.writer));
    store_close(&store);
    user->password_hash = NULL;
    return err;
}

int user_command(int argc, char **argv)
{
    struct user_new user = { 0 };
    const char *clinic = NULL, *data = NULL;
    struct config config;
    char why[512];
    int err;

    if (argc < 2 || strcmp(argv[1], "add") != 0 ||
        flags_read(argc - 1, argv + 1, &user, &clinic, &data) != 0) {
        (void)fputs(help, stderr);
        return 2;
    }
    char *serve[] = { argv[0], data != NULL ? "--data" : NULL, (char *)(uintptr_t)data, NULL };

    err = config_read(&config, data != NULL ? 3 : 1, serve, environ, why, sizeof why);
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    err = add(&config, &user, clinic);
    config_free(&config);
    return err ? 1 : 0;
}
