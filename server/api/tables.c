/* tables.c - every door there is: read this first. */
#include "door.h"

extern const struct route doctor_profile_routes[], access_routes[], search_routes[];
extern const struct route break_glass_routes[], glass_result_routes[];
extern const struct route oidc_login_routes[], oidc_code_routes[], oidc_logout_routes[];
extern const struct route session_routes[], me_routes[], family_routes[], doctor_routes[], hours_routes[],
    leave_routes[], service_routes[], form_routes[], booking_routes[], appointment_routes[], payment_routes[],
    sandbox_routes[], consult_routes[], consult_life_routes[],
    record_routes[], record_sign_routes[], result_routes[], icd_routes[], patient_health_routes[],
    transfer_routes[], queue_routes[],
    message_routes[], recall_routes[],
    file_routes[], no_show_routes[],
    notification_routes[], feed_routes[], consent_routes[], patient_routes[], admin_routes[],
    health_routes[],
    canvas_routes[], canvas_save_routes[], call_routes[], call_ice_routes[], call_guest_routes[],
    quick_reply_routes[],
    prescription_routes[];
extern const struct live_event session_events[], consult_events[], message_events[], recall_events[],
    typing_events[],
    notification_events[], consult_life_events[], call_events[],
    call_signal_events[], call_report_events[], canvas_events[];

const struct route *const route_tables[] = {
    access_routes, search_routes, break_glass_routes, glass_result_routes,
    session_routes, oidc_login_routes, oidc_code_routes, oidc_logout_routes,
    me_routes, family_routes, doctor_routes,
    doctor_profile_routes, hours_routes, leave_routes, service_routes, form_routes,
    booking_routes, appointment_routes, payment_routes, sandbox_routes, consult_routes, consult_life_routes,
    record_routes, record_sign_routes, result_routes, icd_routes, patient_health_routes,
   
    transfer_routes, no_show_routes, queue_routes, message_routes, recall_routes, file_routes,
    notification_routes, feed_routes,
    consent_routes, patient_routes, admin_routes, health_routes, call_routes, call_ice_routes,
    call_guest_routes, quick_reply_routes, canvas_routes, canvas_save_routes,
    prescription_routes, NULL,
};

const struct live_event *const event_tables[] = {
    session_events, consult_events, message_events, recall_events, typing_events, notification_events,
    consult_life_events, call_events, call_signal_events, call_report_events, canvas_events,
    NULL,
};

const char *const published_events[] = {
    "message:new", "message:read", "message:delivered", "message:recalled", "typing", "presence:changed",
    "unread:changed", "consult:transfer", "prescription:changed",
    "consult:changed", "result:signed", "result:acknowledged", "appointment:changed", "notification:new",
    "notification:read", "queue:changed",
    "call:invite", "call:accept", "call:decline", "call:leave", "call:answered-elsewhere", "call:signal",
    "board:op", "board:lock", "board:cursor",
    NULL,
};
