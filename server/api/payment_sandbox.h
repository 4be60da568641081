/* payment_sandbox.h - what the two files of the sandbox share: the checkout as its link says it. */
#ifndef PAYMENT_SANDBOX_H
#define PAYMENT_SANDBOX_H

#include "action.h"

struct sandbox_checkout { /* signed by whom the money is for                   */
    const char *session, *order, *currency, *appointment, *signature;
    int64_t amount_minor, expires_utc;
};
/* -ENOENT: nobody signed this. */
int sandbox_checkout_check(const struct api *, const struct sandbox_checkout *);

/* The page, its script and its style. */
void sandbox_page(struct api *, const struct sio_http_request *);
void sandbox_script(struct api *, const struct sio_http_request *);
void sandbox_style(struct api *, const struct sio_http_request *);

#endif
