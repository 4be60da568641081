/* cards.h - what the server says in the conversation of an action's consult, in the name of the asker. It is
 * published to everybody who takes part. 0, or as store_message_add(). */
#ifndef CARDS_H
#define CARDS_H

#include "action.h"

/* What happened: a code that pages translate. Not in a closed consult. */
int consult_say(struct action *, struct db *, const char *code);

/* { type, ... }, taken; NULL is no memory. In a consult of any state. Cards are kept for good and shown to
 * all who take part: they name what is to be looked at, and the page asks for it. */
int consult_card(struct action *, struct db *, json_t *card);

/* The same in a consult that the asker takes no part in, in the name of one who does, who has not read it. */
struct card_place { int64_t consult, user; const char *consult_id; };
int consult_card_in(struct action *, struct db *, const struct card_place *, json_t *card);

#endif
