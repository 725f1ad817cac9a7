### لماذا تُنقل المعلومات، بكلمات عادية. `$child` هو "طفلك" أو "اليافع".

child-own = طفلك
child-other = اليافع

## من مدرسة إلى مدرسة

purpose-transfer-report-primary = تقرير عند الانتقال من الابتدائي أو التعليم الخاص
purpose-transfer-report-primary-why = { $you ->
        [je] يجب أن تعرف المدرسة الجديدة ما تستطيعه وما تحتاج إليه.
       *[u] يجب أن تعرف المدرسة الجديدة ما يستطيعه { $child } وما يحتاج إليه.
    }
purpose-transfer-report-primary-ground = ينص القانون على أن ترسل المدرسة هذا التقرير. لذلك لا تطلب المدرسة موافقة.

purpose-transfer-report-secondary = معلومات عند الانتقال في الثانوي والتعليم المهني
purpose-transfer-report-secondary-why = { $you ->
        [je] يجب أن تعرف المدرسة الجديدة ما تستطيعه وما تحتاج إليه.
       *[u] يجب أن تعرف المدرسة الجديدة ما يستطيعه { $child } وما يحتاج إليه.
    }
purpose-transfer-report-secondary-ground = ينص القانون على أن تتبادل المدارس هذه المعلومات. لذلك لا تطلب المدرسة موافقة.

purpose-mbo-arrival = هل وصل اليافع؟
purpose-mbo-arrival-why = { $you ->
        [je] هكذا لا تضيع بين مدرستين. إن لم تصل، يلاحظ أحد ذلك.
       *[u] هكذا لا يضيع أحد بين مدرستين. إن لم يصل { $child }، يلاحظ أحد ذلك.
    }
purpose-mbo-arrival-ground = ينص القانون على أن تُبلغ المدارس بعضها أو البلدية بذلك. لذلك لا تطلب المدرسة موافقة.

purpose-preschool-handover = نقل المعلومات من ما قبل المدرسة إلى الابتدائي
purpose-preschool-handover-why = { $you ->
        [je] هكذا يعرف المعلم من أول يوم ما تحتاج إليه.
       *[u] هكذا يعرف المعلم من أول يوم ما يحتاج إليه { $child }.
    }
purpose-preschool-handover-ground = هذا مسموح بموافقة فقط.

## حول المدرسة

purpose-swv-support = ترتيب مساعدة إضافية في المدرسة
purpose-swv-support-why = { $you ->
        [je] تتعاون مدارس المنطقة على تقديم مساعدة إضافية في الصف. وتنظر معًا فيما تحتاج إليه.
       *[u] تتعاون مدارس المنطقة على تقديم مساعدة إضافية في الصف. وتنظر معًا فيما يحتاج إليه { $child }.
    }
purpose-swv-support-ground = يعطي القانون المدارس هذه المهمة معًا. لذلك لا تطلب المدرسة موافقة.

purpose-attendance = الإبلاغ عن الغياب
purpose-attendance-why = { $you ->
        [je] إن غبت عن المدرسة كثيرًا، تساعد البلدية على معرفة السبب.
       *[u] إن غاب طفل عن المدرسة كثيرًا، تساعد البلدية على معرفة السبب.
    }
purpose-attendance-ground = ينص القانون على أن تبلغ المدرسة عن ذلك. لذلك لا تطلب المدرسة موافقة.

purpose-early-leaver = العودة إلى المدرسة أو العمل
purpose-early-leaver-why = { $you ->
        [je] تساعدك البلدية على العودة إلى المدرسة أو العمل.
       *[u] تساعد البلدية الشباب الذين يتركون المدرسة دون شهادة.
    }
purpose-early-leaver-ground = { $you ->
        [je] ينص القانون على أن تبلغ المدرسة عن ذلك. المعلومات عن صحتك لا تُرسل إلا إذا وافقت أنت.
       *[u] ينص القانون على أن تبلغ المدرسة عن ذلك. المعلومات عن الصحة لا تُرسل إلا إذا وافق اليافع.
    }

purpose-pupil-transport = النقل بعد الانتقال إلى مدرسة أخرى
purpose-pupil-transport-why = ترتب البلدية النقل من المدرسة الجديدة وإليها.
purpose-pupil-transport-ground = هذا مسموح بموافقة فقط.

## بين المدرسة والمساعدة

purpose-care-access = طلب مساعدة من البلدية
purpose-care-access-why = تنظر البلدية في المساعدة المناسبة. فلا تحتاج إلى رواية القصة من جديد.
purpose-care-access-ground = هذا مسموح بموافقة فقط.

purpose-care-handover = نقل المعلومات من المدرسة إلى المساعدة مع حديث بينهما
purpose-care-handover-why = { $you ->
        [je] هكذا يعرف مقدم المساعدة ما يساعدك في الصف. فلا تحتاج إلى رواية القصة من جديد.
       *[u] هكذا يعرف مقدم المساعدة ما يساعد { $child } في الصف. فلا تحتاج إلى رواية القصة من جديد.
    }
purpose-care-handover-ground = هذا مسموح بموافقة فقط.

purpose-dyslexia-referral = إحالة بسبب عسر قراءة شديد
purpose-dyslexia-referral-why = { $you ->
        [je] ينظر مقدم المساعدة إن كنت تحتاج إلى مساعدة إضافية في القراءة والإملاء.
       *[u] ينظر مقدم المساعدة إن كان { $child } يحتاج إلى مساعدة إضافية في القراءة والإملاء.
    }
purpose-dyslexia-referral-ground = هذا مسموح بموافقة فقط.

purpose-care-feedback = ما الذي يحتاج إليه المعلم؟
purpose-care-feedback-why = هكذا يعرف المعلم أن هناك مساعدة وما الذي يفيد في الصف. ولا يُذكر فيها موضوع المساعدة.
purpose-care-feedback-ground = هذا مسموح بموافقة فقط.

purpose-case-conference = طفل واحد، خطة واحدة
purpose-case-conference-why = كل من يساعد يجلس إلى الطاولة ويعمل على الخطة نفسها.
purpose-case-conference-ground = هذا مسموح بموافقة فقط. ويُسأل عن كل مشارك على حدة.

purpose-care-status = مساعدة مستمرة: بين البلدية ومقدم المساعدة، أو بعد انتقال السكن
purpose-care-status-why = هكذا تستمر المساعدة، حتى بعد انتقال السكن.
purpose-care-status-ground = ينص القانون على أن تتبادل البلدية ومقدم المساعدة ذلك. لذلك لا تُطلب موافقة.

## السلامة

purpose-safety = الإبلاغ عن خطر
purpose-safety-why = { $you ->
        [je] هناك من يقلق على سلامتك.
       *[u] هناك من يقلق على سلامة { $child }.
    }
purpose-safety-ground = ينص القانون على أن المختص يجوز له الإبلاغ عن ذلك دون موافقة. وقد نظر مختص ثانٍ في الأمر.

## لدى من داخل المؤسسة

desk-lpa = موظف التعليم الإلزامي
desk-loket = مكتب مساعدة الشباب
desk-neighbourhood-team = فريق الحي
desk-school-support-team = فريق الدعم في المدرسة
desk-early-leavers = مكتب من تركوا المدرسة مبكرًا

## كم يحتفظ المستلم بها

keep-months = { $months ->
        [one] شهر واحد
        [two] شهران
        [few] { $months } أشهر
        [many] { $months } شهرًا
       *[other] { $months } شهر
    } بعد { $from }
keep-years = { $years ->
        [one] سنة واحدة
        [two] سنتان
        [few] { $years } سنوات
        [many] { $years } سنةً
       *[other] { $years } سنة
    } بعد { $from }
keep-until = حتى { $from }
keep-own = المدة التي تنص عليها قواعد المستلم نفسه
keep-declined-months = إن لم يقبلها المستلم: { $months ->
        [one] شهر واحد
        [two] شهران
        [few] { $months } أشهر
        [many] { $months } شهرًا
       *[other] { $months } شهر
    }
keep-signed = هذا مكتوب في القواعد الموقَّعة لهذا التعاون
keep-from-received = الاستلام
keep-from-leaving = مغادرة المدرسة المستلمة
keep-from-decision = قرار شراكة المدارس
keep-from-end-of-school-year = نهاية السنة الدراسية
keep-from-age-27 = عيد الميلاد السابع والعشرين
keep-from-last-entry = آخر ملاحظة في الملف
keep-from-plan-closed = نهاية الخطة
mark-17 = نص من عام 2017
mark-D = اختيار هذه الشراكة
mark-U = لم يراجعه خبير قانوني بعد
