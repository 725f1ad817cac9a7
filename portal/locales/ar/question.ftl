### سؤال واحد: من، وإلى من، وماذا، ولماذا، وحتى متى، وما معنى نعم ولا والسكوت. هذه الكلمات تُوقَّع.

## في الأعلى

question-title-consent = تسأل { $sender }: هل يجوز أن تعرف { $recipient } هذا؟
question-title-statutory = ترسل { $sender } معلومات إلى { $recipient }
question-title-safety = أبلغت { $sender } عن قلق لدى { $recipient }
question-at-desk = { $organisation }، { $desk }

flow-title = إلى أين تذهب؟
flow-from = الآن لدى
flow-between = في الطريق كل شيء مغلق. لا تستطيع Handdruk قراءته.
flow-stops = تتوقف هنا. لا يحصل عليها أحد غيره.

facts-title = باختصار
fact-from = من يسأل
fact-sends = من يرسل
fact-to = من يستلم
fact-why = لماذا
fact-ground = هل هذا مسموح
fact-law = القواعد
fact-until = هذا السؤال صالح حتى
fact-until-statutory = يمكن الإرسال حتى
fact-keep = كم يجوز للمستلم الاحتفاظ بها
fact-told = تعلم بذلك منذ

## المحتوى

content-title = هذا بالضبط ما سيُرسل
content-title-sent = هذا بالضبط ما أُرسل أو كان جاهزًا
content-checked = تحقق متصفحك من ذلك. إنه بالضبط ما سجّلته { $sender }.
content-withheld = يخص شخصًا آخر. أنت لا تراه.
content-withheld-more = لكنه يُرسل أيضًا. وما لا تراه مسجّل ومفحوص كذلك.
content-person = شخص { $number }
content-item = رقم { $number }
content-title-names = الموضوع هو
content-waiting = المعلومات نفسها ليست هنا بعد. تجهّزها { $sender }. لا يمكنك أن تقول نعم إلا بعد أن تراها.
content-expected = يجري تجهيز البيانات. ستظهر هنا من تلقاء نفسها.
content-arrived = البيانات موجودة هنا الآن.
value-yes = نعم
value-no = لا
value-secret = سري

## من يقرر

who-title = من يقرر؟
who-law = القانون يفرض هذا. لا تحتاج إلى إعطاء موافقة. يمكنك أن ترى كل شيء أولًا وأن تكتب شيئًا معه.
who-law-notice = القانون يفرض هذا. لذلك لا يطلب أحد موافقة.
who-law-parts-self = القانون يفرض هذا. أما المعلومات عن الصحة فقط فالقرار فيها لك.
who-law-parts = القانون يفرض هذا. أما المعلومات عن الصحة فقط فالقرار فيها لليافع.
who-all = يجب أن يقول نعم كل من يُسأل.
who-parents = { $you ->
        [je] والداك أو الوصي عليك. تكفي نعم واحدة إذا لم يقل أحد منهم لا.
       *[u] الوالدان أو الوصي. تكفي نعم واحدة إذا لم يقل أحد منهم لا.
    }
who-together = { $you ->
        [je] تقرر أنت مع أحد والديك أو مع الوصي. لكل منكم أن يقول لا. ويمكنك لاحقًا سحب موافقتك.
       *[u] يقرر أحد الوالدين أو الوصي مع الطفل. لكل منهم أن يقول لا. ويمكنك لاحقًا سحب موافقتك.
    }
who-self = { $you ->
        [je] أنت تقرر وحدك. والداك لا يقرران في هذا.
       *[u] أنت تقرر وحدك.
    }
who-young = يقرر اليافع وحده.
who-safety = من يقلق على السلامة يجوز له الإبلاغ دون موافقة.
who-investigation = هناك بحث في السلطة الوالدية. تُحسب لا منك. ولا تُحسب نعم منك الآن.

## السكوت

silence-title = إذا لم تفعل شيئًا
silence-nothing = لا تحتاج إلى فعل شيء.
silence-no-consent = دون موافقتك لا يُرسل شيء.
silence-others = السكوت ليس موافقة. هل قال شخص آخر نعم؟ إذن يمكن إرسالها بعد { $date }. ولا يمكن ذلك إذا قلت لا قبل ذلك.
silence-no-yes = السكوت ليس موافقة.
silence-inspection = يمكنك الاطلاع على المعلومات حتى { $date }. بعد ذلك تُرسل.
silence-inspection-undated = تُرسل المعلومات عندما تنتهي مدة الاطلاع.
silence-goes-on = تُرسل المعلومات.
over-received = وصلت المعلومات.
over-ended = انتهى هذا. لن يُرسل شيء بعد الآن.

## لا

no-title = إذا قلت لا
no-parts = يمكنك أن تقول لا لكل جزء. ويمكنك لاحقًا سحب موافقتك. هل أُرسل شيء قبل ذلك؟ إذن ستعرف إن كان المستلم قد محاه أو يجب أن يحتفظ به.
no-required = دون هذه الأجزاء لا يُرسل شيء: { $categories }.
no-optional = في هذه الأجزاء، إذا قلت لا، يبقى ذلك الجزء فقط ولا يُرسل: { $categories }.
no-help = { $you ->
        [je] إذا قلت لا، يمكنك مع ذلك أن تحصل على المساعدة. وتبدأ المساعدة عندئذ دون هذه المعلومات.
       *[u] إذا قلت لا، يمكن أن يحصل { $child } مع ذلك على المساعدة. وتبدأ المساعدة عندئذ دون هذه المعلومات.
    }
no-effect-law = قولك لا لا يوقف هذا. لكن يمكنك أن تكتب رأيك. ويُرسل معها.
no-effect-other = قولك نعم أو لا لا يغير شيئًا هنا. يقرر شخص آخر.

## الاتصال

call-title = من يتصل بمن، وحتى متى؟
call-takes-on = بعد وصول البيانات، تقول { $recipient } خلال { $days } هل يستمر الأمر.
call-talk = إذا استمر الأمر، تتصل بك { $recipient } خلال { $days } من أجل محادثة. وتشارك { $sender } فيها أيضًا.
call-talk-young = إذا استمر الأمر، تتصل { $recipient } بالشاب أو الشابة خلال { $days } من أجل محادثة.
call-held-before-start = تكون هذه المحادثة قبل أول يوم دراسي بما لا يقل عن { $days }.
call-held-start = تكون هذه المحادثة خلال { $days } بعد أول يوم دراسي.
call-held-stage = تكون هذه المحادثة خلال { $days } بعد الاتفاق عليها.
call-short = إذا استمر الأمر، تنتهي منه { $recipient } خلال { $days }. وإذا كان هناك سؤال، تتصل بك { $recipient }.
call-safety = تقرر { $recipient } بنفسها بمن تتصل.
call-late = إذا لم يحدث ذلك في موعده، تعلم { $sender } و{ $recipient } بذلك.
call-late-family = إذا لم يحدث ذلك في موعده، تعلم { $sender } و{ $recipient } بذلك. وتراه أنت في هذه الصفحة.
days-working = { $count ->
        [one] يوم عمل واحد
        [two] يومي عمل
        [few] { $count } أيام عمل
        [many] { $count } يوم عمل
       *[other] { $count } يوم عمل
    }
days-school = { $count ->
        [one] يوم دراسي واحد
        [two] يومين دراسيين
        [few] { $count } أيام دراسية
        [many] { $count } يومًا دراسيًا
       *[other] { $count } يوم دراسي
    }
days-calendar = { $count ->
        [one] يوم واحد
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }
phone-title = هل تفضّل الاتصال؟
phone-letter = لديك أسئلة؟ اتصل بـ { $sender }. الرقم موجود في رسالتك.
phone-number = لديك أسئلة؟ اتصل بـ { $sender }: { $phone }

## ماذا بعد الوصول

warm-title = كيف يستمر الأمر؟
warm-received = تقول { $recipient } حتى { $date } هل يستمر الأمر.
warm-waiting = هناك قائمة انتظار. تخبر { $recipient } حتى { $date } كيف هو الوضع.
warm-declined = لم تقبله { $recipient }. تبحث { $sender } عن طريق آخر حتى { $date }.
warm-no-recipient = لم يُعثر على أحد بعد. تواصل { $sender } البحث وتخبر حتى { $date } كيف هو الوضع.
warm-accepted-talk = تتصل بك { $recipient } حتى { $date } من أجل محادثة.
warm-accepted-short = تنتهي { $recipient } منه حتى { $date }.
warm-talk-planned = تم الاتفاق على محادثة. تكون حتى { $date }.
warm-talk-held = جرت المحادثة. تقول { $recipient } حتى { $date } هل بدأ الأمر.
warm-started = بدأ الأمر. تقول { $recipient } حتى { $date } متى تنظرون معًا كيف يسير.
warm-not-started = لم يبدأ الأمر بعد. تحل { $sender } و{ $recipient } ذلك حتى { $date }.
warm-aftercare-planned = تنظر { $recipient } معك كيف يسير الأمر حتى { $date }.
warm-aftercare-held = تم النظر في سير الأمر. تنتهي { $recipient } منه حتى { $date }.
warm-late = هذا متأخر. المؤسسات تعلم بذلك.

## الإجابة

answer-title = جوابك
answer-intro = اختر نعم أو لا لكل جزء. لم يُسجَّل شيء بعد. ستراجع كل شيء بعد قليل.
answer-required = دون هذا الجزء لا يُرسل شيء.
answer-optional = إذا قلت لا، يبقى هذا الجزء فقط ولا يُرسل.
answer-yes = نعم
answer-no = لا
answer-all-yes = نعم للكل
answer-all-no = لا للكل
answer-next = التالي
answer-missing = { $count ->
        [one] بقي أن تختار نعم أو لا لجزء واحد.
        [two] بقي أن تختار نعم أو لا لجزأين.
        [few] بقي أن تختار نعم أو لا لـ { $count } أجزاء.
        [many] بقي أن تختار نعم أو لا لـ { $count } جزءًا.
       *[other] بقي أن تختار نعم أو لا لـ { $count } جزء.
    }
answer-only-no = هنا يمكنك أن تقول لا فقط. ضع علامة على ما تقول له لا.
answer-object = اعترض
answer-object-missing = ضع علامة على جزء واحد على الأقل.
answer-change = غيّر الجواب
answer-given-title = هذا ما قلته
choice-agree = نعم
choice-refuse = لا
choice-withdraw = سُحبت الموافقة
choice-object = اعتراض

## السحب

withdraw-title = سحب الموافقة
withdraw-intro = يمكنك أن توقف ذلك دائمًا. ولا تحتاج إلى ذكر السبب.
withdraw-intro-sent = أُرسل شيء من قبل. يجب على المستلم أن يخبر إن كان قد مُحي أو حُفظ. وستقرأ ذلك هنا.
withdraw-intro-queued = بعد هذا لا يُرسل شيء. وما كان جاهزًا يُمحى فورًا.
withdraw-due = يجب على { $organisation } أن تجيب عن سحب الموافقة في موعد أقصاه { $date }.
withdraw-due-late = هذا الجواب متأخر. المؤسسات تعلم بذلك.
withdraw-all = اسحب كل شيء
withdraw-part = اسحب جزءًا
withdraw-next = التالي

## الاطلاع والرأي

inspect-title = هل رأيتها؟
inspect-intro = هل اطلعت على كل شيء؟ إذن لا يحتاج أحد إلى انتظارك. هذه ليست موافقة.
inspect-confirm = رأيت هذا
inspect-done = أبلغت أنك رأيت هذا.
view-title = ما رأيك أنت؟
view-intro = اكتب رأيك. يُرسل مع المعلومات إلى { $recipient }. وتقرؤه { $sender } أيضًا. ولا يستطيع أحد غيرهما قراءته.
view-agree-legend = هل توافق على هذه المعلومات؟
view-yes = نعم، أوافق
view-no = لا، لا أوافق
view-unknown = أفضّل ألا أقول
view-text = ما الذي يجب أن يعرفه المستلم؟ (يمكن تركه فارغًا)
view-left = { $count ->
        [one] بقيت علامة واحدة.
        [two] بقيت علامتان.
        [few] بقيت { $count } علامات.
        [many] بقيت { $count } علامة.
       *[other] بقيت { $count } علامة.
    }
view-too-long = هذا طويل جدًا. اجعله أقصر.
view-missing = اختر أولًا هل توافق أم لا.
view-late = كان هذا قد أُغلق من قبل. لن يُرسل رأيك معه. لكن { $sender } تقرؤه ويمكنها نقله إلى { $recipient }.
view-send = التالي
view-open = اكتب رأيك

## المراجعة والتوقيع

check-title = هل هذا صحيح؟
check-intro = هذا ما توقّعه. بعد ذلك يصبح ثابتًا.
check-yes = تقول نعم لـ
check-no = تقول لا لـ
check-withdraw = تسحب موافقتك على
check-object = تعترض على
check-means = هذا ما سيحدث عندئذ
check-means-all = تحصل { $recipient } على كل ما رأيته، إذا لم يقل أحد غيرك لا.
check-means-part = لن يُرسل هذا إلى { $recipient }: { $categories }. أما الباقي فيمكن إرساله.
check-means-part-law = لن يُرسل هذا إلى { $recipient }: { $categories }. أما الباقي فيُرسل. القانون يفرض ذلك.
check-means-none = لا يُرسل شيء.
check-means-required = { $categories }: هذا لازم. ودونه لا يُرسل شيء. سيتصل بك شخص من { $sender }.
check-means-stop = من الآن لا يُرسل شيء من ذلك.
check-means-answer = يجب على { $recipient } أن تخبر إن كان قد مُحي أو حُفظ.
check-means-later = يمكنك أن تغير رأيك لاحقًا.
check-seen = تُبلغ أنك رأيت كل شيء. هذه ليست موافقة.
check-view = رأيك يُرسل معها:
check-sign = وقّع
check-back = رجوع
check-busy = يجري التوقيع.

## الإيصال

receipt-title = تم التوقيع
receipt-title-view = أُرسل رأيك
receipt-kept = احتفظ بهذا الإيصال إن أردت. وتجد جوابك أيضًا في النظرة العامة.
receipt-at = وُقّع في
receipt-about = عن
receipt-said = الجواب
receipt-seen = تم الاطلاع
receipt-stage = الحالة الآن
receipt-evidence = الرقم في سجل الأدلة
receipt-digest = بصمة النص
receipt-digest-hint = بها يستطيع أي شخص لاحقًا أن يتحقق من النص الذي كان على الشاشة.
receipt-print = اطبع الإيصال
receipt-download = احفظ الإيصال
receipt-released-title = هذا كان قد أُرسل
receipt-released-none = لم يكن قد أُرسل شيء.
receipt-released-arrived = { $date }: { $categories }. وصل.
receipt-released-under-way = { $date }: { $categories }. في الطريق.
receipt-released-answer = تعلم { $recipient } بذلك فورًا ويجب أن تجيب: مُحي، أو حُفظ ولماذا.
receipt-overview = إلى النظرة العامة

## الحالة

stage-awaiting = بانتظار جواب
stage-blocked = لن يتم، سيتصل بك شخص
stage-permitted = يجوز إرساله
stage-submitted = جاهز للمستلم
stage-released = في الطريق
stage-received = وصل
stage-quarantined = وضعه المستلم جانبًا
stage-retracted = سُحب
stage-expired = انتهت المدة

## مساعدة في القراءة

speak-start = اقرأ بصوت عالٍ
speak-stop = أوقف القراءة
question-history = ماذا حدث؟
question-unknown = هذا السؤال غير موجود، أو ليس لك.
question-dutch-beside = النص الهولندي هو المعتمد
question-window = سؤال
question-loading-page = يجري جلب السؤال وفحصه.
question-to-answer = إلى الإجابة
