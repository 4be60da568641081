/* app.h - consultd, composed: storage, auth, the loop and the product, built in order and ended in reverse.
 */
#ifndef APP_H
#define APP_H

struct config;

int app_serve(const struct config *);           /* an exit status; what went wrong is in the log     */

#endif
