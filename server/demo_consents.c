/* demo_consents.c - what the demo's patients have agreed to. */
#include "demo.h"

#include <string.h>

#include "auth/digest.h"
#include "storage/store_appointment.h"
#include "storage/store_consent.h"

static const struct consent_text telehealth[] = {
    { "zh-CN", "互联网诊疗知情同意书",
      "互联网诊疗适用于常见病、慢性病复诊等情形,不适用于急危重症。如出现胸痛、呼吸困难、意识不清等紧急情况,"
      "请立即拨打 120 "
      "或前往最近的急诊。\n医生根据您提供的资料和视频、语音、文字交流作出判断,可能建议您到线下就诊。\n"
      "问诊内容会作为病历保存,只有参与诊疗的人员可以查看,每次查看都会留下记录。" },
    { "en", "Consent to online consultation",
      "An online consultation suits common and chronic conditions. It is not for emergencies: with chest "
      "pain, "
      "trouble breathing or a loss of consciousness, call your emergency number or go to the nearest "
      "emergency "
      "room at once.\nThe doctor judges by what you tell and show, and may ask you to come in person.\nWhat "
      "is said "
      "is kept as your record; only those who treat you can read it, and each look at it is logged." },
};
static const struct consent_text privacy[] = {
    { "zh-CN", "隐私政策",
      "我们只为提供诊疗服务而收集和使用您的信息,不会出售。\n您可以查看谁看过您的记录,"
      "也可以要求导出或删除依法可以删除的资料。" },
    { "en", "Privacy policy",
      "We collect and use your data only to treat you, and never sell it.\nYou can see who has looked at "
      "your "
      "record, and ask for a copy of it, or for what the law lets us delete to be deleted." },
};

static int agree(struct db *db, const struct store_user *patient, const char *type)
{
    struct consent_given given = { .doc_type = type, .doc_version = "1" };
    int err = store_patient_find(db, patient->id, NULL, &given.patient);

    if (err == 0)
        err = digest_sha256(type, strlen(type), given.evidence);
    if (err == 0)
        err = store_consent_give(db, &given);
    return err < 0 ? err : 0;
}

int demo_consents_fill(struct db *db, const struct store_user *patients, size_t count)
{
    static const struct {
        const char *type;
        const struct consent_text *texts;
    } documents[] = { { "telehealth", telehealth }, { "privacy", privacy } };
    int64_t version;
    int err = 0;

    for (size_t d = 0; d < sizeof documents / sizeof *documents && err == 0; d++) {
        err = store_consent_publish(db, 0, documents[d].type, documents[d].texts, 2, &version);
        for (size_t i = 0; i < count && err == 0; i++)
            err = agree(db, &patients[i], documents[d].type);
    }
    return err;
}
