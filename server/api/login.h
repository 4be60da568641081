/* login.h - the last steps of every login: a session, its cookie, the answer {token, expiresAt, user}. */
#ifndef LOGIN_H
#define LOGIN_H

#include "action.h"
#include "auth/token.h"
#include "storage/store_session.h"
#include "storage/store_user.h"

enum { LOGIN_MIN = 3, LOGIN_MAX = 64 };

struct login {                                  /* what one login carries from step to step          */
    const char *login, *password, *name, *locale;       /* lent from the input                       */
    char        account[LOGIN_MAX + 1];         /* the login in lower case                           */
    struct user_secret   secret;
    char                 hash[160];             /* register, or a stored one to be renewed           */
    char                 refresh[TOKEN_REFRESH_SIZE];
    struct store_session session;
    json_t              *me;                    /* kept by the action, for the answer at the end     */
    bool                 keep_cookie;
    int64_t              life_s;                /* of the token; 0: as configured                    */
    char                 consult[DB_ID_SIZE];   /* of a guest                                        */
};

/* ON_WRITER. A session for this user, with a row of the audit that says how. -EACCES: he is disabled. */
int login_open_session(struct action *, struct db *, struct login *, int64_t user, const char *how);
int login_read_me(struct action *, struct db *, struct login *, int64_t user);
/* IN_POOL. What action_own() gives begins with a struct login. */
action_fn login_sign;
void login_forgive_address(struct action *);    /* ON_LOOP: it was no failure                        */
int  login_take_address(struct action *);       /* ON_LOOP: -EDQUOT: too many                        */

#endif
