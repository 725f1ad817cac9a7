### ما حدث، وممن عرفناه، وما لا نستطيع التحقق منه.

history-title = ماذا حدث؟
history-none = لم يحدث شيء بعد.
history-by-gateway = هذا ما تُبلغ به Handdruk.
history-by-sender = وقّعته { $organisation }.
history-by-you = وقّعته أنت.
history-by-recipient = قالته { $organisation }، ونقلته Handdruk.
history-evidence = دليل رقم { $number }

act-invited = وصلت رسالة إلى شخص ليشارك في القرار.
act-invitation-revoked = سُحبت رسالة.
act-activated = شخص يشارك في القرار استعمل رسالته.
act-code-found-used = انتبه: جرّب أحد رمزًا كان قد استُعمل.
act-proposed = طُلب إرسال هذا.
act-renewed = مُددت المدة.
act-previewed = جُهّز المحتوى للاطلاع عليه.
act-told = شخص يشارك في القرار يعلم بذلك.
act-decided = شخص يشارك في القرار أجاب.
act-attested = سجّل مختصون شيئًا.
act-withdrawn = سحب أحد موافقته أو اعترض.
act-view-added = أُضيف رأي.
act-permitted = يجوز إرساله.
act-permit-lapsed = لم يعد يجوز إرساله الآن.
act-refused = تم إيقافه.
act-submitted = أُغلق وجُهّز.
act-released = أُرسل.
act-received = وصل.
act-quarantined = وضعه المستلم جانبًا.
act-retracted = سُحب قبل أن يصل.
act-expired = انتهت المدة قبل إرساله.
act-withdrawal-answered = أجاب المستلم عن السحب.
act-progressed = تمت خطوة في النقل.
act-read = قرأه شخص لدى الجهة المستلمة.
act-erased = محت الجهة المستلمة المحتوى.
act-family-alerted = لم تتم خطوة في موعدها. من عليه القيام بها يعرف ذلك.
act-content-erased = مُحي ما كان جاهزًا.
act-other = سُجّل شيء.

said-proposed = ما اقتُرح إرساله: { $categories }
said-renewed = مُدد حتى { $date }
said-told = أُخبرت بذلك.
said-told-somebody = أُخبر بذلك شخص يشارك في القرار.
said-told-preview = كان المحتوى جاهزًا في هذا الموقع.
said-told-letter = برسالة.
said-told-conversation = في حديث.
said-decided = قلت: { $choices }
said-decided-seen = أبلغت أنك رأيته.
said-decided-earlier = قلت برسالة سابقة: { $choices }. لا يمكن التحقق من ذلك هنا.
said-attested-paper-decision = سجّله مختصان على الورق: { $choices }
said-attested-assisted-decision = سجّله مختصان مع تقديم المساعدة: { $choices }
said-attested-spoken-withdrawal = قيل شفهيًا وسجّله مختص: { $choices }
said-attested-authority-changed = تغيرت السلطة الوالدية. كل ما هو مفتوح يُنظر فيه من جديد.
said-attested-safety-report = نظر مختص ثانٍ في البلاغ.
said-attested-who-you = هذا يخص جوابك.
said-attested-who-other = هذا يخص جواب شخص آخر.
said-choice = { $choice }: { $categories }
said-released = أُرسل: { $categories }
said-released-views = { $count ->
        [one] أُرسل معه رأي واحد.
        [two] أُرسل معه رأيان.
        [few] أُرسلت معه { $count } آراء.
        [many] أُرسل معه { $count } رأيًا.
       *[other] أُرسل معه { $count } رأي.
    }
said-released-dropped = لم يُرسل: { $categories }
said-received = وصل: { $categories }
said-quarantined = وضعه المستلم جانبًا لأن شيئًا فيه غير صحيح. سيُمحى.
said-erased = محاه المستلم.
said-kept = يحتفظ به المستلم. السبب: { $ground }
said-accepted = تولّى شخص لدى المستلم الأمر.
said-declined = لم يقبله المستلم: { $reason }
said-read = قرأه { $professional } من { $organisation }: { $categories }
said-step-confirmed = تركته الجهة المرسلة. وهو الآن لدى الجهة المستلمة وحدها.
said-step-no-recipient = لم يُعثر على أحد بعد. تواصل الجهة المرسلة البحث.
said-step-talk-planned = تم الاتفاق على محادثة.
said-step-talk-held = جرت المحادثة.
said-step-started = بدأ الأمر.
said-step-not-started = لم يبدأ الأمر بعد.
said-step-aftercare-planned = تم الاتفاق على موعد النظر في سير الأمر.
said-step-aftercare-held = تم النظر في سير الأمر.
said-step-closed = انتهى الأمر.
said-step-erased = تم محو المحتوى لدى الجهة المستلمة.
said-unverified = لم يوقّع هذا من يجب أن يوقّعه. لا تثق به.
said-nothing = لا شيء

ground-care-dossier = يجب على مقدم المساعدة الاحتفاظ بالملف (Jeugdwet 7.3.8). ويمكنك أن تطلب إتلافه (Jeugdwet 7.3.9).
ground-statutory-duty = ينص القانون على أن يحتفظ به المستلم.
ground-legal-claim = هو لازم لدعوى قضائية.

declined-no-place = لا يوجد مكان
declined-wrong-address = وصل إلى المؤسسة الخطأ
declined-waiting-list = هناك قائمة انتظار
declined-not-suitable = هذه ليست المساعدة المناسبة
