### النظرة العامة، وما حدث، ومن لديه المعلومات، وكل شيء عن طفلي.

overview-title = نظرتك العامة
overview-window = نظرة عامة
overview-loading = يجري جلب الأسئلة وفحصها.
overview-open-title = هذا ما تُسأل عنه
overview-open-none = لا يُطلب منك شيء الآن.
overview-running-title = هذا جارٍ أو مسموح به الآن
overview-done-title = هذا انتهى
overview-count = { $count ->
        [0] لا يوجد سؤال ينتظر.
        [one] سؤال واحد ينتظر.
        [two] سؤالان ينتظران.
        [few] { $count } أسئلة تنتظر.
        [many] { $count } سؤالًا ينتظر.
       *[other] { $count } سؤال ينتظر.
    }
overview-from-to = من { $sender } إلى { $recipient }
overview-until = أجب قبل { $date }
overview-look-until = يمكن الاطلاع حتى { $date }
overview-decide = انظر وقرر
overview-look = انظر
overview-child-at = { $name }، عن طريق { $organisation }
overview-child-unnamed = طفل لدى { $organisation }
overview-self-at = عنك أنت، عن طريق { $organisation }
overview-join = أضف رمزًا آخر
overview-joined-unreadable = لا يمكن فتح هذه الرسالة هنا الآن.
overview-not-believed = هناك سؤال لا نثق به. لن نعرضه. اتصل بـ { $organisation }.
overview-said = قلت: { $choices }
overview-said-agree = نعم
overview-said-mixed = نعم لبعضها ولا لبعضها
overview-said-refuse = لا

place-overview = نظرة عامة
place-who = من لديه ماذا؟
place-export = احفظ كل شيء
place-join = رمز آخر
place-log-out = خروج

## من لديه معلوماتي؟

holders-title = { $you ->
        [je] من لديه معلوماتك؟
       *[u] من لديه المعلومات؟
    }
holders-window = من لديه ماذا؟
holders-lead = هذا ما أُرسل عبر Handdruk. أما ما تنقله المدارس بطريقة أخرى فليس هنا.
holders-none = لم يحصل أحد على شيء بعد.
holders-has = حصلت { $organisation } على
holders-at = استُلم في { $date }
holders-read = قرأه { $professional } في { $date }
holders-not-confirmed = أُرسل في { $date }. لم يقل المستلم بعد إنه وصل.
holders-erased = مُحي في { $date }، كما تقول { $organisation }.
holders-kept = محفوظ، كما تقول { $organisation }. السبب: { $ground }
holders-asked = طُلب محوه. لم تُجب { $organisation } بعد.
holders-keep = يجوز الاحتفاظ به: { $keep }
holders-source = هذا ما يقوله المستلم. وتنقله Handdruk.
holders-question = إلى السؤال
holders-accepted = تولّى أحد الأمر في { $date }.
holders-declined = لم يُقبل في { $date }.

## كل شيء عن طفلي

export-title = { $you ->
        [je] احفظ كل شيء عنك
       *[u] احفظ كل شيء عن طفلك
    }
export-window = احفظ كل شيء
export-lead = يحق لك الحصول على نسخة من المعلومات. هنا تصنع نسخة على جهازك.
export-what = فيها كل ما تستطيع رؤيته هنا، مع كل التوقيعات. أما ما يخص شخصًا آخر فليس فيها.
export-care = انتبه. في الملف معلومات عن الصحة والعائلة. احفظه في مكان آمن.
export-json = ملف للحاسوب (JSON)
export-html = صفحة للقراءة
export-busy = جارٍ العمل. تم { $done } من { $total }.
export-done = تم. الملف بين التنزيلات.
export-more = ما لدى المدرسة أو مقدم المساعدة غير ذلك تطلبه منهم. ويجب أن يجيبوا خلال شهر.

## الجلسة

session-warning-title = هل ما زلت هنا؟
session-warning = سيُسجَّل خروجك بعد { $minutes ->
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $minutes } دقائق
        [many] { $minutes } دقيقة
       *[other] { $minutes } دقيقة
    }. وما لم توقّعه بعد سيضيع عندئذ.
session-warning-last = لا يمكن البقاء أطول. ادخل بعد ذلك من جديد.
session-stay = ما زلت هنا
session-leave = خروج
