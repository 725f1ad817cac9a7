### أسماء الفئات والحقول والكلمات.

## D01

category-D01 = الاسم وتاريخ الميلاد
field-D01-first_names = الأسماء الأولى
field-D01-prefix = بادئة اسم العائلة
field-D01-surname = اسم العائلة
field-D01-date_of_birth = تاريخ الميلاد

## D02

category-D02 = رقم المواطن (BSN) أو رقم التعليم
field-D02-bsn = رقم المواطن (BSN)
field-D02-education_number = رقم التعليم

## D03

category-D03 = معلومات الاتصال
field-D03-name = الاسم
field-D03-relation = الصلة بالطفل
word-D03-relation-mother = الأم
word-D03-relation-father = الأب
word-D03-relation-parent = أحد الوالدين
word-D03-relation-step-parent = زوج الأم أو زوجة الأب
word-D03-relation-foster-parent = والد بالرعاية
word-D03-relation-guardian = الوصي
word-D03-relation-grandparent = الجد أو الجدة
word-D03-relation-representative = القيّم أو المرشد القانوني
word-D03-relation-child = الطفل أو اليافع
word-D03-relation-other-carer = شخص آخر يرعى الطفل
field-D03-phone = الهاتف
field-D03-email = البريد الإلكتروني
field-D03-language = اللغة
field-D03-interpreter = يلزم مترجم
field-D03-residence = عنوان السكن

## D04

category-D04 = السلطة الوالدية
field-D04-kind = نوع السلطة الوالدية
word-D04-kind-joint = سلطة مشتركة
word-D04-kind-single = سلطة لشخص واحد
word-D04-kind-joint-with-non-parent = سلطة مشتركة مع شخص ليس من الوالدين
word-D04-kind-guardianship = وصاية
word-D04-kind-temporarily-none = لا سلطة مؤقتًا
word-D04-kind-undetermined = لا يمكن تحديدها
field-D04-confirmed_on = تاريخ التحقق من السلطة
field-D04-under_investigation = السلطة قيد البحث

## D05

category-D05 = المؤسسات المعنية
field-D05-organisations = المؤسسات المعنية
field-D05-municipality = البلدية المسؤولة
field-D05-care_assignment = قرار المساعدة
word-D05-care_assignment-none = لا يوجد
word-D05-care_assignment-asked = طُلب
word-D05-care_assignment-given = مُنح

## D06

category-D06 = الانتقال بين المدارس
field-D06-code = نوع الانتقال
word-D06-code-VSPO = من ما قبل المدرسة إلى الابتدائي
word-D06-code-VSWEC = من ما قبل المدرسة إلى التعليم الخاص
word-D06-code-POPO = من ابتدائي إلى ابتدائي
word-D06-code-POWEC = من الابتدائي إلى التعليم الخاص
word-D06-code-POVO = من الابتدائي إلى الثانوي
word-D06-code-VOVO = من ثانوي إلى ثانوي
word-D06-code-VOMBO = من الثانوي إلى التعليم المهني (mbo)
word-D06-code-WECWEC = من تعليم خاص إلى تعليم خاص
word-D06-code-WECVO = من التعليم الخاص إلى الثانوي
word-D06-code-WECMBO = من التعليم الخاص إلى التعليم المهني (mbo)
word-D06-code-POSWV = من الابتدائي إلى شراكة المدارس
word-D06-code-VOSWV = من الثانوي إلى شراكة المدارس
field-D06-date = التاريخ
field-D06-from = من
field-D06-to = إلى
field-D06-status = الحالة
word-D06-status-planned = مخطط له
word-D06-status-applied = قُدّم الطلب
word-D06-status-admitted = قُبل
word-D06-status-enrolled = سُجّل
word-D06-status-arrived = وصل
word-D06-status-not-enrolled = قُدّم الطلب ولم يُسجّل
word-D06-status-not-arrived = سُجّل ولم يصل

## D07

category-D07 = المسار المدرسي
field-D07-year = السنة الدراسية
field-D07-group = المجموعة أو الصف
field-D07-repeated = أعاد السنة

## D08

category-D08 = نتائج الاختبارات
field-D08-subject = المجال
word-D08-subject-reading = القراءة
word-D08-subject-spelling = الإملاء
word-D08-subject-language = اللغة
word-D08-subject-arithmetic = الحساب والرياضيات
word-D08-subject-foreign-languages = اللغات الأجنبية
word-D08-subject-final-test = الاختبار النهائي
word-D08-subject-capacity = القدرات
word-D08-subject-other = غير ذلك
field-D08-test = الاختبار
field-D08-date = التاريخ
field-D08-score = النتيجة

## D09

category-D09 = توصية المدرسة
field-D09-advice = توصية المدرسة
field-D09-revised_advice = التوصية المعدّلة
field-D09-points_of_attention = نقاط يجب الانتباه إليها

## D10

category-D10 = التطور الاجتماعي والعاطفي
field-D10-heading = الموضوع
word-D10-heading-peers = التعامل مع الأقران
word-D10-heading-teacher = التعامل مع المعلم
word-D10-heading-self-confidence = الثقة بالنفس
word-D10-heading-motivation = الدافع
word-D10-heading-work-attitude = أسلوب العمل
word-D10-heading-behaviour = السلوك في الصف
word-D10-heading-wellbeing = الشعور بالراحة
field-D10-rating = رأي المعلم
word-D10-rating-strong = قوي
word-D10-rating-as-expected = كما هو متوقع
word-D10-rating-needs-attention = يحتاج إلى انتباه
field-D10-remark = توضيح

## D11

category-D11 = الحاجة إلى الدعم
field-D11-needs = ما يحتاج إليه الطفل
field-D11-works_well = ما يفيده
field-D11-avoid = ما يجب تجنبه

## D12

category-D12 = خطة التطوير
field-D12-goal_level = المستوى المستهدف
field-D12-starts = من تاريخ
field-D12-ends = إلى تاريخ
field-D12-section_agreed = الموافقة على قسم الدعم
word-D12-section_agreed-yes = نعم
word-D12-section_agreed-no = لا
word-D12-section_agreed-unknown = غير معروف
field-D12-reference = رقم المرجع

## D13

category-D13 = قرار القبول وترتيبات الدعم
field-D13-kind = النوع
word-D13-kind-tlv = قرار قبول في التعليم الخاص (tlv)
word-D13-kind-cluster = ترتيب المجموعة 1 أو 2
word-D13-kind-alliance = ترتيب من شراكة المدارس
field-D13-number = رقم القرار
field-D13-swv = شراكة المدارس
field-D13-category = فئة التمويل
word-D13-category-L = منخفضة
word-D13-category-M = متوسطة
word-D13-category-H = عالية
field-D13-starts = من تاريخ
field-D13-ends = إلى تاريخ

## D14

category-D14 = التشخيص والدواء
field-D14-kind = تشخيص أو دواء
word-D14-kind-diagnosis = تشخيص
word-D14-kind-medication = دواء
field-D14-relevance = مهم من أجل
word-D14-relevance-education = التعليم
word-D14-relevance-other = شيء آخر
field-D14-code = الرمز
field-D14-school_action = ما يجب أن تفعله المدرسة

## D15

category-D15 = الغياب
field-D15-unauthorised_half_days = أنصاف الأيام التي غابها دون إذن
field-D15-unauthorised_hours = الساعات التي غابها دون إذن
field-D15-period = الفترة
field-D15-officer_involved = موظف التعليم الإلزامي يتابع الأمر
field-D15-reason = السبب
field-D15-band = حجم الغياب
word-D15-band-none = لا يوجد
word-D15-band-below-16-hours = أقل من 16 ساعة
word-D15-band-16-hours-or-more = 16 ساعة أو أكثر

## D16

category-D16 = طلب المساعدة
field-D16-question = سؤال العائلة
field-D16-tried = ما جُرّب حتى الآن
field-D16-wish = ما تأمله العائلة

## D17

category-D17 = المساعدة الحالية
field-D17-provider = مقدم المساعدة
field-D17-contact_person = شخص الاتصال
field-D17-phone = الهاتف
field-D17-since = منذ
field-D17-until = حتى
field-D17-waiting = على قائمة انتظار
field-D17-school_advice = نصيحة للمدرسة

## D18

category-D18 = رأي العائلة
field-D18-author = من
field-D18-date = التاريخ
field-D18-agreement = موافق
word-D18-agreement-yes = نعم
word-D18-agreement-no = لا
word-D18-agreement-unknown = غير معروف
field-D18-text = الرأي

## D19

category-D19 = ما اتُّفق عليه
field-D19-action = الاتفاق
field-D19-owner = من
field-D19-date = متى
field-D19-aftercare_date = تاريخ المتابعة
field-D19-aftercare_outcome = نتيجة المتابعة

## D20

category-D20 = بلاغ عن السلامة
field-D20-facts = الوقائع
field-D20-date = التاريخ
field-D20-source = المصدر
field-D20-step = خطوة الإبلاغ
word-D20-step-signals = 1: جُمعت العلامات
word-D20-step-consulted = 2: جرى التشاور
word-D20-step-talked = 3: جرى الحديث مع العائلة
word-D20-step-weighed = 4: جرى التقييم
word-D20-step-decided = 5: اتُّخذ القرار
